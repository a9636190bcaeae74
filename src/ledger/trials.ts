import type { Transaction } from 'kysely';
import { isTrial } from '../domain/delivery.ts';
import { closingIn, move, noSurvey } from './closing-rows.ts';
import type { Closing } from './closing.ts';
import { within, type Ledger } from './open.ts';
import type { LedgerTables } from './tables.ts';

/** Whether a trial is all that became of this closing. */
export function isTried({ state, provider }: Pick<Closing, 'state' | 'provider'>): boolean {
  return provider !== null && isTrial(provider) && ['sent', 'answered', 'uncertain'].includes(state);
}

/** Gives closings that only a trial surveyed back to the queue, for a real delivery. */
export async function supersedeTrials(
  ledger: Ledger,
  closingIds: readonly string[],
  at: string,
): Promise<void> {
  if (closingIds.length === 0) return;
  await within(ledger, async (trx) => {
    for (const id of closingIds) await supersede(trx, id, at);
  });
}

/** Another process may have sent a real survey meanwhile, which stays. */
async function supersede(trx: Transaction<LedgerTables>, id: string, at: string): Promise<void> {
  const closing = await closingIn(trx, id);
  if (!isTried(closing)) return;
  await move(trx, id, 'supersede_trial', at, noSurvey, `${closing.provider} was a trial`);
}
