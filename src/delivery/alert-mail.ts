import { alertWords, type AlertPayload } from '../domain/survey/alert.ts';
import { advising, type Failure } from '../failure.ts';
import { compiledMail, messageIdIn } from './compiled-mail.ts';
import { asciiAddress, mailServer } from './mail-server.ts';
import type { Sender } from './sender.ts';
import { SmtpError } from './smtp-error.ts';
import { outcomeOf } from './smtp-failures.ts';

export interface AlertMail {
  /** The same in every try, so that a mail program shows repeated mails as one. */
  id: string;
  payload: AlertPayload;
  to: string;
  smtpUrl: string;
  from: string;
  publicUrl: string | null;
  /** Epoch milliseconds. */
  now: number;
  signal: AbortSignal;
}

/**
 * Mails one alert to the team, as plain text.
 *
 * @throws Failure from the configuration, the session, or the server, even if the mail may have left
 */
export async function mailAlert({ signal, publicUrl, ...mail }: AlertMail): Promise<void> {
  const { server, sender, open } = mailServer({ url: mail.smtpUrl, from: mail.from, publicUrl, signal });
  const bytes = await alertMessage(mail, sender);
  try {
    const session = await open();
    try {
      await session.send({ from: sender.address, to: asciiAddress(mail.to) }, bytes);
    } finally {
      await session.quit();
    }
  } catch (error) {
    if (!(error instanceof SmtpError)) throw error;
    const facts = { server, sender: sender.address, recipient: asciiAddress(mail.to) };
    const outcome = outcomeOf(error, facts);
    throw outcome.status === 'sent' ? error : inOurWords(outcome.failure);
  }
}

/** An alert is repeated until it is accepted, so a person has nothing to settle. */
function inOurWords(failure: Failure): Failure {
  const isOfSurveys = ['smtp_refused', 'smtp_refusal_unclear', 'smtp_too_large'].includes(failure.code);
  if (isOfSurveys) return advising('Correct alertMail, or whatever else the server names.', failure);
  return failure.code === 'smtp_uncertain' ? advising('It is sent again automatically.', failure) : failure;
}

/** The mail as it travels: plain text, with each fact on its own line. */
export async function alertMessage(
  { id, payload, to, now }: Pick<AlertMail, 'id' | 'payload' | 'to' | 'now'>,
  sender: Sender,
): Promise<Buffer> {
  const { title, facts, comment, question } = alertWords(payload);
  const { url } = payload.data.conversation;
  const text = [
    title,
    '',
    ...facts.map(([name, value]) => `${name}: ${value}`),
    ...(url === null ? [] : ['', url]),
    ...(comment === null ? [] : ['', comment]),
    ...(question === null ? [] : ['', question.text, question.reply]),
    '',
  ].join('\n');
  return compiledMail({
    from: { name: sender.name ?? '', address: sender.address },
    to: { name: '', address: to },
    subject: title,
    text,
    messageId: messageIdIn(id, sender),
    date: new Date(now),
  });
}
