import type { Transaction } from 'kysely';
import { wasTrial } from '../domain/delivery.ts';
import { expectNoCard } from './cards-due.ts';
import { closingIn, move, noSurvey } from './closing-rows.ts';
import type { Closing } from './closing.ts';
import { within, type Ledger } from './open.ts';
import type { LedgerTables } from './tables.ts';

/** Whether a trial is all that became of this closing. */
export function isTried(closing: Pick<Closing, 'state' | 'provider'>): boolean {
  return wasTrial(closing) && ['sent', 'answered', 'uncertain'].includes(closing.state);
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
  await endTrial(trx, closing, at);
}

/** Takes the trial's survey from a closing; what was answered there gets no card any more. */
export async function endTrial(
  trx: Transaction<LedgerTables>,
  { id, provider, surveyId }: Closing,
  at: string,
): Promise<Closing> {
  if (surveyId !== null) await expectNoCard(trx, surveyId);
  return move(trx, id, 'supersede_trial', at, noSurvey, `${provider} was a trial`);
}
