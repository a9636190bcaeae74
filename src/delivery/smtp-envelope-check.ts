import type { Failure } from '../failure.ts';
import { failureOf, type SessionFacts } from './smtp-failures.ts';
import { SmtpError } from './smtp-error.ts';
import type { SmtpSession } from './smtp-session.ts';

/**
 * A relay treats this address as it treats customers; the domain is reserved and accepts no mail (RFC 2606, RFC 7505).
 */
const stranger = 'postmaster@example.com';

/**
 * Names the sender and two recipients, and stops before there is a message: many servers refuse a sender, a name, or
 * relaying only once they are given a recipient (Postfix: `smtpd_delay_reject`).
 *
 * @throws the Failure that every message would meet
 */
export async function checkEnvelope(session: SmtpSession, facts: SessionFacts): Promise<void> {
  const answer = async (command: string, to: string): Promise<Failure | null> => {
    const reply = await session.ask(`${command}:<${to}>`);
    if (reply.startsWith('2')) return null;
    const refusal = new SmtpError('envelope', 'it refused', { reply, command });
    return failureOf(refusal, { ...facts, recipient: to });
  };
  const sender = await answer('MAIL FROM', facts.sender);
  if (sender !== null) throw sender;
  const refusals: Failure[] = [];
  const recipients = [facts.sender, stranger];
  for (const to of recipients) {
    const refusal = await answer('RCPT TO', to);
    if (refusal !== null) refusals.push(refusal);
  }
  const ours = refusals.find(({ scope }) => scope === 'run');
  if (ours !== undefined) throw ours;
  const [unclear] = refusals.filter(({ kind }) => kind === 'configuration');
  if (unclear !== undefined && refusals.length === recipients.length) throw unclear;
}
