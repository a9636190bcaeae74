import type { Transaction } from 'kysely';
import { wasTrial } from '../../domain/delivery.ts';
import { expectNoCard } from '../answers/cards-due.ts';
import { move, noSurvey } from './rows.ts';
import type { Closing } from './closing.ts';
import type { LedgerTables } from '../schema/tables.ts';

/**
 * Whether only trials have had to do with this closing, so that a real delivery begins anew. What a person called off
 * stays so, and a trial that is under way is let be.
 */
export function isTried(closing: Pick<Closing, 'state' | 'provider' | 'reasons'>): boolean {
  const isCancelled =
    closing.state === 'suppressed' && closing.reasons.some(({ code }) => code === 'cancelled');
  return wasTrial(closing) && closing.state !== 'sending' && !isCancelled;
}

/** Takes from a closing what a trial made of it; what was answered there gets no card any more. */
export async function endTrial(
  trx: Transaction<LedgerTables>,
  { id, provider, surveyId }: Closing,
  at: string,
): Promise<Closing> {
  if (surveyId !== null) await expectNoCard(trx, surveyId);
  const change = { ...noSurvey, reasons: [], error: null, attempts: 0 };
  return move(trx, id, 'supersede_trial', at, change, `${provider} was a trial`);
}
