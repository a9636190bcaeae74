import { createHash } from 'node:crypto';
import { Failure, advising } from '../failure.ts';
import { compiledMail, messageIdIn } from './compiled-mail.ts';
import { asciiAddress, mailServer } from './mail-server.ts';
import type { Sender } from './sender.ts';
import { outcomeOf, type SessionFacts } from './smtp-failures.ts';
import { SmtpError } from './smtp-error.ts';

export interface ReportMail {
  /** One line. */
  subject: string;
  text: string;
  html: string;
  attachment: { name: string; html: string };
}

/**
 * Sends one mail to each address, over one session. A refused address does not keep the others from their mail.
 *
 * @throws Failure `bad_smtp_url` or `bad_from` of kind configuration; the Failure of the session, or of the only
 *   address; `report_mail_partial` of kind partial when some of several addresses did not get theirs
 */
export async function sendReportMail(
  mail: ReportMail,
  to: readonly string[],
  options: {
    url: string;
    from: string;
    publicUrl: string | null;
    /** Shown as the sender when `from` has no name. */
    organization: string | null;
    clock: () => number;
    signal: AbortSignal;
  },
): Promise<void> {
  const { clock } = options;
  const { server, sender, open } = mailServer(options);
  const facts: SessionFacts = { server, sender: sender.address };
  const reached: string[] = [];
  const failures: { address: string; isUnknown: boolean; failure: Failure }[] = [];
  try {
    const session = await open();
    try {
      for (const address of to) {
        const bytes = await messageOf(mail, {
          address,
          date: clock(),
          sender,
          organization: options.organization,
        });
        try {
          await session.send({ from: sender.address, to: asciiAddress(address) }, bytes);
          reached.push(address);
        } catch (error) {
          const failure = failureOf(error, { ...facts, recipient: asciiAddress(address) });
          failures.push({ address, isUnknown: isUncertain(error, facts), failure });
          if (session.ended || !(await session.isReady())) throw new SessionLost();
        }
      }
    } finally {
      await session.quit();
    }
  } catch (error) {
    if (!(error instanceof SessionLost)) throw failureOf(error, facts);
  }
  const [first] = failures;
  if (first === undefined) return;
  if (to.length === 1) throw first.failure;
  const namesOf = (isUnknown: boolean): string[] =>
    failures.filter((failed) => failed.isUnknown === isUnknown).map(({ address }) => address);
  const untried = to.slice(reached.length + failures.length);
  throw new Failure(
    'partial',
    'report_mail_partial',
    partialText(namesOf(false), namesOf(true), untried, reached, first.failure),
    {
      hint: 'Correct what the server names, and send the report again only to those who did not get it.',
      cause: first.failure,
    },
  );
}

/** What became of each address: all are named, none twice. */
function partialText(
  refused: readonly string[],
  unknown: readonly string[],
  untried: readonly string[],
  reached: readonly string[],
  { message }: Failure,
): string {
  const parts = [
    ['sent to', reached],
    ['refused for', refused],
    ['may or may not have reached', unknown],
    ['not tried, because the session had ended, for', untried],
  ] as const;
  const named = parts.flatMap(([what, addresses]) =>
    addresses.length === 0 ? [] : [`${what} ${addresses.join(', ')}`],
  );
  return `the report did not reach everyone: ${named.join('; ')} (${message})`;
}

/** The bytes of the mail had left, and no reply came. */
function isUncertain(error: unknown, facts: SessionFacts): boolean {
  return error instanceof SmtpError && outcomeOf(error, facts).status === 'uncertain';
}

/** The server ended the session, so the remaining addresses get nothing. */
class SessionLost extends Error {}

function failureOf(error: unknown, facts: SessionFacts): Failure {
  if (!(error instanceof SmtpError)) throw error;
  const outcome = outcomeOf(error, facts);
  if (outcome.status === 'sent') throw error;
  const { failure } = outcome;
  if (failure.code === 'smtp_too_large')
    return advising('Choose a shorter range, or raise the limit of the server.', failure);
  if (failure.code === 'smtp_refused')
    return advising('Correct the address in --mail-to, or whatever else the server names.', failure);
  if (failure.code === 'smtp_refusal_unclear')
    return advising('Correct what the server names, and run the command again.', failure);
  return failure;
}

async function messageOf(
  { subject, text, html, attachment }: ReportMail,
  {
    address,
    date,
    sender,
    organization,
  }: {
    address: string;
    date: number;
    sender: Sender;
    organization: string | null;
  },
): Promise<Buffer> {
  const id = createHash('sha256')
    .update(JSON.stringify([subject, text, address, date]))
    .digest('hex')
    .slice(0, 32);
  return compiledMail({
    from: { name: sender.name ?? organization ?? '', address: sender.address },
    to: { name: '', address },
    subject,
    text,
    html,
    attachments: [
      { filename: attachment.name, content: attachment.html, contentType: 'text/html; charset=utf-8' },
    ],
    messageId: messageIdIn(`report-${id}`, sender),
    date: new Date(date),
  });
}
