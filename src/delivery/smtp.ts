import { domainToASCII } from 'node:url';
import { Failure } from '../failure.ts';
import { internetMessage, messageIdOf, senderOf, type Sender } from './internet-message.ts';
import type { MailComposer } from './mail.ts';
import {
  notSent,
  type DeliveryOutcome,
  type DeliveryProvider,
  type SurveyMessage,
} from '../ports/delivery-provider.ts';
import { failureOf, outcomeOf, type Told } from './smtp-failures.ts';
import { createSmtpPool } from './smtp-pool.ts';
import { openSession, SmtpError, type SmtpSession } from './smtp-session.ts';
import { readSmtpUrl } from './smtp-url.ts';

/**
 * Sends mail through a mail server of the operator's. SMTP has no way to repeat a message safely: one that the server
 * was given and did not answer is `uncertain`. The external id is the Message-ID, which is made of the survey id.
 *
 * @throws Failure `bad_smtp_url` or `bad_from` of kind configuration
 */
export function createSmtp(options: {
  /** As GCSAT_SMTP_URL: see `readSmtpUrl`. */
  url: string;
  /** `csat@acme.com` or `Acme <csat@acme.com>`. */
  from: string;
  composer: MailComposer;
  /** Of one step: connecting with encryption, logging in, sending one message. */
  timeoutMs: number;
  clock: () => number;
  /** Once aborted, no session is begun or waited for; a message on its way finishes. */
  signal: AbortSignal;
}): DeliveryProvider {
  const { composer, timeoutMs, clock, signal } = options;
  const server = readSmtpUrl(options.url);
  const sender = mailableSender(options.from);
  const told: Told = { server, sender: sender.address };
  const pool = createSmtpPool({
    open: () => openSession(server, { timeoutMs, signal }),
    most: server.connections,
    signal,
  });

  async function deliver(message: SurveyMessage, leaving: () => Promise<void>): Promise<DeliveryOutcome> {
    let bytes: Buffer;
    try {
      bytes = await internetMessage(composer(message), message, sender, clock());
    } catch (error) {
      return notSent(error);
    }
    let session: SmtpSession;
    try {
      session = await pool.take();
    } catch (error) {
      if (error instanceof SmtpError) return outcomeOf(error, told);
      throw error;
    }
    try {
      await leaving();
      await session.send({ from: asciiAddress(sender.address), to: asciiAddress(message.to.address) }, bytes);
      return { status: 'sent', externalId: messageIdOf(message.surveyId, sender).slice(1, -1) };
    } catch (error) {
      if (error instanceof SmtpError) return outcomeOf(error, told);
      throw error;
    } finally {
      pool.giveBack(session);
    }
  }

  async function check(): Promise<string> {
    try {
      const session = await openSession(server, { timeoutMs, signal });
      await session.quit();
    } catch (error) {
      throw error instanceof SmtpError ? failureOf(error, told) : error;
    }
    const encryption = server.encryption === 'none' ? 'without encryption' : 'encrypted';
    return `${server.host}:${server.port}, ${encryption}, ${server.login === null ? 'without login' : 'logged in'}`;
  }

  return { name: 'smtp', repeatable: false, deliver, check, close: () => pool.close() };
}

/** The local part of an address travels as it is, so plain SMTP needs it to be ASCII (RFC 5321, 2.3.11). @throws Failure `bad_from` */
export function mailableSender(from: string): Sender {
  const sender = senderOf(from);
  const local = sender.address.slice(0, sender.address.lastIndexOf('@'));
  const address = asciiAddress(sender.address);
  if (/^[\x21-\x7e]+$/.test(local) && !address.endsWith('@')) return { ...sender, address };
  throw new Failure(
    'configuration',
    'bad_from',
    'the sender of the surveys is no address that mail can carry',
    {
      hint: 'Set GCSAT_FROM to one address, such as surveys@acme.com.',
    },
  );
}

/** With the domain as the DNS has it: `robin@bücher.example` is `robin@xn--bcher-kva.example`. */
function asciiAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${domainToASCII(address.slice(at + 1))}`;
}
