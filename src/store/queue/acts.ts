/** What people decide about closings, in place of the queue. */
import type { Closing } from '../../domain/closing/closing.ts';
import { resendMove, retryMove } from '../../domain/closing/moves.ts';
import { allows } from '../../domain/closing/transitions.ts';
import { closeMessage } from '../closings/messages.ts';
import { apply, closingIn } from '../closings/rows.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { suppress } from '../medallia/suppress.ts';

/** A person has a closing decided again. @throws Failure closing_changed */
export async function retryClosing(ledger: Ledger, closingId: string, at: string): Promise<Closing> {
  return ledger.write({ closings: [closingId] }, (trx) => apply(trx, closingId, retryMove(), at));
}

/** A person says that an uncertain message did not leave, and has it sent again. @throws Failure closing_changed */
export async function resendClosing(ledger: Ledger, closingId: string, at: string): Promise<Closing> {
  return ledger.write({ closings: [closingId] }, (trx) => apply(trx, closingId, resendMove(), at));
}

/**
 * A person stops a survey that has not left.
 *
 * @param countsUnasked whether the closing still counts in Agent Connect
 * @throws Failure closing_changed
 */
export async function cancelClosing(
  ledger: Ledger,
  closingId: string,
  at: string,
  countsUnasked = false,
): Promise<Closing> {
  const reason = { code: 'cancelled', detail: `canceled at ${at}` } as const;
  return ledger.write({ closings: [closingId] }, (trx) =>
    suppress(trx, closingId, [reason], { at, countsUnasked }),
  );
}

const mostAtOnce = 500;

/**
 * The same for many closings. Closings in a state that forbids it stay as they are.
 * @returns the closings that were stopped
 */
export async function cancelClosings(
  ledger: Ledger,
  closingIds: readonly string[],
  at: string,
  countsUnasked = false,
): Promise<Closing[]> {
  const reason = { code: 'cancelled', detail: `canceled at ${at}` } as const;
  const cancelled: Closing[] = [];
  for (let from = 0; from < closingIds.length; from += mostAtOnce) {
    const closings = closingIds.slice(from, from + mostAtOnce);
    const stopped = await ledger.write({ closings }, async (trx) => {
      const done: Closing[] = [];
      for (const id of closings) {
        if (!allows('suppress', (await closingIn(trx, id)).state)) continue;
        done.push(await suppress(trx, id, [reason], { at, countsUnasked }));
      }
      return done;
    });
    cancelled.push(...stopped);
  }
  return cancelled;
}

/**
 * A person, or evidence, says that the message did arrive.
 *
 * @param externalId the id of the message on the other side, if known
 * @throws Failure closing_changed
 */
export async function confirmSent(
  ledger: Ledger,
  closingId: string,
  at: string,
  externalId: string | null = null,
): Promise<Closing> {
  return ledger.write({ closings: [closingId] }, async (trx) => {
    const { leftAt, forgottenAt } = await closingIn(trx, closingId);
    await closeMessage(trx, closingId, {
      at,
      outcome: 'sent',
      externalId: forgottenAt === null ? externalId : null,
    });
    const change = { sentAt: leftAt ?? at, error: null, ...(externalId === null ? {} : { externalId }) };
    const note = externalId === null ? null : `found as item ${externalId}`;
    return apply(trx, closingId, { transition: 'confirm', change, note }, at);
  });
}
