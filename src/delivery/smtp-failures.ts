import { Failure } from '../failure.ts';
import type { DeliveryOutcome } from '../ports/delivery-provider.ts';
import { singleLine } from '../html/single-line.ts';
import { blameOf, isOfAllowance, isOursForNow, type Blame, type Parties } from './smtp-blame.ts';
import type { SmtpError } from './smtp-error.ts';
import type { SmtpServer } from './smtp-url.ts';

/** What a failure may say about a session: never the password, and no address but the operator's own. */
export interface SessionFacts {
  server: SmtpServer;
  /** Address of the sender. */
  sender: string;
  /** Whom the message is for, as the server was told; absent: not known. */
  recipient?: string;
}

const longestReply = 200;

const senderHint =
  'Correct what the server names, such as GCSAT_FROM, its limit, or ?name= in GCSAT_SMTP_URL; then waiting surveys are sent.';

/** OpenSSL's and Node's codes for certificates that cannot be trusted. */
const untrusted =
  /CERT|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)|ERR_TLS_CERT_ALTNAME_INVALID|CRL|INVALID_(?:CA|PURPOSE)/;

/**
 * What became of a message. A 4xx or 5xx reply means that the server has not accepted it (RFC 5321, 4.2.1). Without a
 * reply after the message's first byte, the server may have accepted it. If the connection ends before that byte,
 * nothing has left.
 */
export function outcomeOf(error: SmtpError, facts: SessionFacts): DeliveryOutcome {
  const status = statusOf(error.reply);
  if (error.stage === 'message' && (status < 400 || status > 599)) {
    return { status: 'uncertain', failure: inDoubt(error, facts) };
  }
  const failure = failureOf(error, facts);
  const temporary = failure.kind !== 'contract';
  // A failure that took minutes, or that every message meets, is not worth a second try at once.
  const isLater = error.cause === 'ETIMEDOUT' || failure.code === 'sender_deferred';
  return { status: 'not_sent', temporary, ...(isLater ? { later: true } : {}), failure };
}

/** The Failure of a session that could not send. */
export function failureOf(error: SmtpError, facts: SessionFacts): Failure {
  switch (error.stage) {
    case 'connect':
      return unreachable(error, facts);
    case 'login':
      return refusedLogin(error, facts);
    case 'envelope':
    case 'message':
      return refused(error, facts);
  }
}

function unreachable(error: SmtpError, facts: SessionFacts): Failure {
  const host = nameOf(facts);
  const cause = typeof error.cause === 'string' ? error.cause : '';
  if (untrusted.test(cause)) {
    return new Failure(
      'configuration',
      'smtp_certificate_untrusted',
      `the certificate of the mail server ${host} cannot be trusted (${cause})`,
      {
        hint: 'Use the host name in its certificate, or name your own certificate authority in NODE_EXTRA_CA_CERTS.',
        cause: error,
      },
    );
  }
  if (cause === 'ETLS' && statusOf(error.reply) >= 500) {
    return new Failure(
      'configuration',
      'smtp_not_encrypted',
      `the mail server ${host} does not offer encryption: ${reasonOf(error, facts)}`,
      {
        hint: 'Use its TLS port (smtps://…:465), another server, or ?tls=off for a relay without login.',
        cause: error,
      },
    );
  }
  const message = `the mail server ${host} did not open a session: ${reasonOf(error, facts)}`;
  if (statusOf(error.reply) >= 500) return senderRefused(message, error);
  if (isDeferral(error)) return senderDeferred(message, error);
  const isGreeting = error.reply !== null && (error.command === 'EHLO' || error.command === 'HELO');
  return new Failure('temporary', 'smtp_unreachable', message, {
    hint: isGreeting
      ? 'If this lasts, greet the server with a full host name of yours: ?name= in GCSAT_SMTP_URL.'
      : 'Check GCSAT_SMTP_URL, and that the server is up and offers what the address asks for, then run the command again.',
    cause: error,
  });
}

function refusedLogin(error: SmtpError, facts: SessionFacts): Failure {
  const message = `the login to the mail server ${nameOf(facts)} failed: ${reasonOf(error, facts)}`;
  const status = statusOf(error.reply);
  if (isDeferral(error)) return senderDeferred(message, error);
  const isFixable = status >= 500 || error.reply === null;
  if (isFixable && !isLoss(error)) {
    return new Failure('configuration', 'smtp_login_refused', message, {
      hint:
        status === 530 || status === 538
          ? 'The server requires encryption before the login: add ?tls=required to GCSAT_SMTP_URL.'
          : 'Correct the user and password in GCSAT_SMTP_URL; write special characters as %XX.',
      cause: error,
    });
  }
  return new Failure('temporary', 'smtp_unreachable', message, {
    hint: 'Run the command again.',
    cause: error,
  });
}

function refused(error: SmtpError, facts: SessionFacts): Failure {
  const message = `the mail server ${nameOf(facts)} did not accept the message: ${reasonOf(error, facts)}`;
  switch (blamed(error, facts)) {
    case 'recipient':
      return new Failure('contract', 'smtp_refused', message, {
        hint: 'Correct what the server names, often the address in the customer profile.',
        cause: error,
      });
    case 'sender':
      return senderRefused(message, error);
    case 'size':
      return new Failure('configuration', 'smtp_too_large', message, {
        hint: 'Make the template smaller, or raise the limit of the server; then waiting surveys are sent.',
        cause: error,
      });
    case 'unclear':
      // Only trying the next message can show whether it is refused too.
      return new Failure('configuration', 'smtp_refusal_unclear', message, {
        hint: 'Correct what the server names; the survey waits, and is tried again.',
        scope: 'item',
        cause: error,
      });
    case null:
      if (isDeferral(error)) return senderDeferred(message, error);
      return new Failure('temporary', 'smtp_not_now', message, {
        hint: 'Run the command again later.',
        cause: error,
      });
  }
}

/** Null: the server did not refuse it for good. */
function blamed(
  { reply, command, cause, stage }: SmtpError,
  { sender, recipient }: SessionFacts,
): Blame | null {
  if (reply === null) return cause === 'EMESSAGE' ? 'size' : null;
  if (statusOf(reply) < 500) return null;
  const parties: Parties = { sender, recipient: recipient ?? null, isAccepted: stage === 'message' };
  const blame = blameOf(reply, parties);
  // At MAIL FROM the server does not know the recipient, and 552 is about the size (RFC 1870) unless it says otherwise.
  if (command !== 'MAIL FROM' || blame === 'size') return blame;
  return statusOf(reply) === 552 && !isOfAllowance(reply) ? 'size' : 'sender';
}

/** Whether the server temporarily refuses something that every message would meet. */
function isDeferral({ reply }: SmtpError): boolean {
  const status = statusOf(reply);
  return reply !== null && status >= 400 && status < 500 && isOursForNow(reply);
}

/** Every message meets this refusal and none is at fault, so they wait until it is corrected. */
function senderRefused(message: string, cause: SmtpError): Failure {
  return new Failure('configuration', 'sender_refused', message, { hint: senderHint, cause });
}

/** Like `senderRefused`, but the server says that it may pass. */
function senderDeferred(message: string, cause: SmtpError): Failure {
  return new Failure('temporary', 'sender_deferred', message, { hint: senderHint, scope: 'run', cause });
}

function inDoubt(error: SmtpError, facts: SessionFacts): Failure {
  return new Failure(
    'temporary',
    'smtp_uncertain',
    `the mail server ${nameOf(facts)} did not say whether it accepted the message: ${reasonOf(error, facts)}`,
    {
      hint: 'Look for the message in the log of the mail server.',
      cause: error,
    },
  );
}

/** The connection broke or timed out, which says nothing about the login. */
function isLoss({ reply, cause }: SmtpError): boolean {
  return reply === null && cause !== 'EAUTH' && typeof cause === 'string';
}

function nameOf({ server }: SessionFacts): string {
  return `${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`;
}

/** 0: no readable reply. */
function statusOf(reply: string | null): number {
  return Number(/^\d{3}(?=[ -]|$)/.exec(reply ?? '')?.[0] ?? 0);
}

/**
 * The reply, or else what happened, on one line. Servers like to repeat secrets and addresses, so those are removed.
 */
function reasonOf({ reply, message }: SmtpError, { server, sender }: SessionFacts): string {
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
