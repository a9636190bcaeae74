import { Failure } from '../failure.ts';
import type { DeliveryOutcome } from '../ports/delivery-provider.ts';
import { singleLine } from '../html/single-line.ts';
import type { SmtpError } from './smtp-session.ts';
import type { SmtpServer } from './smtp-url.ts';

/** What may be told of a session: never the password, and no address but the operator's own. */
export interface Told {
  server: SmtpServer;
  /** Address of the sender. */
  sender: string;
}

const longestReply = 200;

/** OpenSSL's and Node's names of certificates that are not to be trusted. */
const untrusted =
  /CERT|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)|ERR_TLS_CERT_ALTNAME_INVALID|CRL|INVALID_(?:CA|PURPOSE)/;

/**
 * What became of a message. A 4xx or 5xx is the server's word that it has not taken it (RFC 5321, 4.2.1); without a last
 * word after its first byte nobody knows. The end of the connection before that byte means that nothing left.
 */
export function outcomeOf(error: SmtpError, told: Told): DeliveryOutcome {
  const status = statusOf(error.reply);
  if (error.stage === 'message' && (status < 400 || status > 599)) {
    return { status: 'uncertain', failure: inDoubt(error, told) };
  }
  const failure = failureOf(error, told);
  return { status: 'not_sent', temporary: failure.kind !== 'contract', failure };
}

/** The Failure of a session that could not send. */
export function failureOf(error: SmtpError, told: Told): Failure {
  switch (error.stage) {
    case 'connect':
      return unreachable(error, told);
    case 'login':
      return refusedLogin(error, told);
    case 'envelope':
    case 'message':
      return refused(error, told);
  }
}

function unreachable(error: SmtpError, told: Told): Failure {
  const host = nameOf(told);
  const cause = typeof error.cause === 'string' ? error.cause : '';
  if (untrusted.test(cause)) {
    return new Failure(
      'configuration',
      'smtp_certificate_untrusted',
      `the certificate of the mail server ${host} cannot be trusted (${cause})`,
      {
        hint: 'use the name that stands in its certificate, or name your own authority in NODE_EXTRA_CA_CERTS',
        cause: error,
      },
    );
  }
  if (cause === 'ETLS' && statusOf(error.reply) >= 500) {
    return new Failure(
      'configuration',
      'smtp_not_encrypted',
      `the mail server ${host} does not offer encryption: ${reasonOf(error, told)}`,
      {
        hint: 'use its port for TLS (smtps://…:465), another server, or ?tls=off for a relay without login',
        cause: error,
      },
    );
  }
  return new Failure(
    'temporary',
    'smtp_unreachable',
    `the mail server ${host} gave no session: ${reasonOf(error, told)}`,
    {
      hint: 'check GCSAT_SMTP_URL and that the server is up and offers what the address asks for, then run it again',
      cause: error,
    },
  );
}

function refusedLogin(error: SmtpError, told: Told): Failure {
  const message = `the mail server ${nameOf(told)} did not log us in: ${reasonOf(error, told)}`;
  const status = statusOf(error.reply);
  const isMendable = status >= 500 || error.reply === null;
  if (isMendable && !isLoss(error)) {
    return new Failure('configuration', 'smtp_login_refused', message, {
      hint:
        status === 530 || status === 538
          ? 'the server wants encryption before the login: add ?tls=required to GCSAT_SMTP_URL'
          : 'correct the user and the password in GCSAT_SMTP_URL; special characters are written as %XX',
      cause: error,
    });
  }
  return new Failure('temporary', 'smtp_unreachable', message, { hint: 'run it again', cause: error });
}

function refused(error: SmtpError, told: Told): Failure {
  const status = statusOf(error.reply);
  const isFinal = status >= 500 || (error.cause === 'EMESSAGE' && error.reply === null);
  const message = `the mail server ${nameOf(told)} did not take the message: ${reasonOf(error, told)}`;
  // 552 is about the size of this message (RFC 1870).
  if (error.command === 'MAIL FROM' && status >= 500 && status !== 552) {
    // Every message meets it, and none is at fault: it waits until the setting is mended.
    return new Failure('configuration', 'sender_refused', message, {
      hint: 'correct GCSAT_FROM, or have the server take mail from it; what waits is sent then',
      cause: error,
    });
  }
  if (isFinal) {
    return new Failure('contract', 'smtp_refused', message, {
      hint: 'mend what the server names: often the address in the customer profile',
      cause: error,
    });
  }
  return new Failure('temporary', 'smtp_not_now', message, { hint: 'run it again later', cause: error });
}

function inDoubt(error: SmtpError, told: Told): Failure {
  return new Failure(
    'temporary',
    'smtp_uncertain',
    `the mail server ${nameOf(told)} did not say whether it took the message: ${reasonOf(error, told)}`,
    { hint: 'look into the log of the mail server, then settle it with `gcsat surveys retry`', cause: error },
  );
}

/** The connection broke or the time was up, which is no word about the login. */
function isLoss({ reply, cause }: SmtpError): boolean {
  return reply === null && cause !== 'EAUTH' && typeof cause === 'string';
}

function nameOf({ server }: Told): string {
  return `${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`;
}

/** 0: no reply that can be read. */
function statusOf(reply: string | null): number {
  return Number(/^\d{3}(?=[ -]|$)/.exec(reply ?? '')?.[0] ?? 0);
}

/** The reply, else what happened, as one line. Servers like to repeat what they were given. */
function reasonOf({ reply, message }: SmtpError, { server, sender }: Told): string {
  const secrets = server.login === null ? [] : secretsOf(server.login);
  const hidden = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), reply ?? message);
  const anonymous = hidden.replace(/[^\s<>()[\],;:"]+@[^\s<>()[\],;:"]+/g, (address) =>
    address.toLowerCase() === sender.toLowerCase() ? address : '***',
  );
  return singleLine(anonymous, longestReply);
}

function secretsOf({ user, password }: { user: string; password: string }): string[] {
  const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
  return [base64(`\0${user}\0${password}`), base64(password), password];
}
