import { createSemaphore } from '../domain/values/semaphore.ts';
import {
  notSent,
  type DeliveryOutcome,
  type DeliveryProvider,
  type SurveyMessage,
} from '../ports/delivery-provider.ts';
import { greetingName } from './greeting-name.ts';
import { internetMessage, messageIdOf } from './internet-message.ts';
import type { MailComposer } from './mail.ts';
import { asciiAddress, mailableSender, mailServer } from './mail-server.ts';
import { senderOf, sendersBy, type BrandSenders, type Sender } from './sender.ts';
import { failureOf, outcomeOf, type SessionFacts } from './smtp-failures.ts';
import { createSmtpPool } from './smtp-pool.ts';
import { SmtpError } from './smtp-error.ts';
import { checkLimits } from './smtp-limits.ts';
import { openSession, type SmtpSession } from './smtp-session.ts';
import { checkEnvelope } from './smtp-envelope-check.ts';
import { readSmtpUrl } from './smtp-url.ts';

/**
 * Sends mail through the operator's mail server. SMTP cannot repeat a message safely: one that was handed over but got
 * no reply is `uncertain`. The external id is the Message-ID, which is derived from the survey id.
 *
 * @throws Failure `bad_smtp_url` or `bad_from` of kind configuration
 */
export function createSmtp(options: {
  /** As GCSAT_SMTP_URL: see `readSmtpUrl`. */
  url: string;
  /** `csat@acme.com` or `Acme <csat@acme.com>`. */
  from: string;
  brandSenders?: BrandSenders;
  /** Address of the survey page; its host may be our name in the greeting. */
  publicUrl?: string | null;
  composer: MailComposer;
  clock: () => number;
  /** Once aborted, no session is opened or waited for; a message on its way gets a few seconds. */
  signal: AbortSignal;
}): DeliveryProvider {
  const { composer, clock, signal } = options;
  const { server, open, name } = mailServer({ ...options, publicUrl: options.publicUrl ?? null });
  const senders = sendersBy(options.from, options.brandSenders, mailableSender);
  const factsOf = ({ address }: Sender): SessionFacts => ({ server, sender: address });
  const pool = createSmtpPool({
    open,
    most: server.connections,
    signal,
  });

  async function deliver(message: SurveyMessage, leaving: () => Promise<void>): Promise<DeliveryOutcome> {
    const sender = senders.of(message);
    const recipient = asciiAddress(message.to.address);
    const facts = { ...factsOf(sender), recipient };
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
      if (error instanceof SmtpError) return outcomeOf(error, facts);
      throw error;
    }
    try {
      await leaving();
      await session.send({ from: asciiAddress(sender.address), to: recipient }, bytes);
      return { status: 'sent', externalId: messageIdOf(message, sender).slice(1, -1) };
    } catch (error) {
      if (error instanceof SmtpError) return outcomeOf(error, facts);
      throw error;
    } finally {
      pool.giveBack(session);
    }
  }

  const check = async (): Promise<string> => {
    const found: string[] = [];
    // Each sender has its own session: a server may end a session after it refuses a sender.
    for (const facts of new Map(senders.all.map((sender) => [sender.address, factsOf(sender)])).values()) {
      found.push(await tryServer(facts, { name, signal }, (session) => checkEnvelope(session, facts)));
    }
    return found[0] ?? '';
  };

  return {
    name: 'smtp',
    repeatable: false,
    slots: createSemaphore(server.connections),
    deliver,
    check,
    close: () => pool.close(),
  };
}

/** Connects and logs in, without a sender yet. @throws Failure `bad_smtp_url`, or what a message would meet */
export async function checkSmtpServer(url: string, signal: AbortSignal): Promise<string> {
  const server = readSmtpUrl(url);
  const sender = senderOf(null).address;
  const name = server.name ?? greetingName({ publicUrl: null, sender });
  return tryServer({ server, sender }, { name, signal }, () => Promise.resolve());
}

async function tryServer(
  facts: SessionFacts,
  greeting: { name: string; signal: AbortSignal },
  use: (session: SmtpSession) => Promise<void>,
): Promise<string> {
  const { server } = facts;
  try {
    const session = await openSession(server, { ...greeting, limits: checkLimits(server.timeoutMs) });
    try {
      await use(session);
    } finally {
      await session.quit();
    }
  } catch (error) {
    throw error instanceof SmtpError ? failureOf(error, facts) : error;
  }
  const encryption = server.encryption === 'none' ? 'without encryption' : 'encrypted';
  return `${server.host}:${server.port}, ${encryption}, ${server.login === null ? 'without login' : 'logged in'}`;
}
