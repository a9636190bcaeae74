import type { Closing, ClosingChange } from '../../domain/closing/closing.ts';
import { isCountable } from '../../domain/closing/counting.ts';
import { suppression } from '../../domain/closing/moves.ts';
import type { Reason } from '../../domain/closing/reason.ts';
import { apply } from '../closings/rows.ts';
import type { Writing } from '../ledger/ledger.ts';
import { expectCount } from './counts.ts';

/**
 * Ends a closing without a survey. If the profile wants such closings to count in Agent Connect, the count is written
 * in the same transaction.
 *
 * @param countsUnasked whether the profile wants that
 * @throws Failure closing_changed
 */
export async function suppress(
  trx: Writing,
  closingId: string,
  reasons: readonly Reason[],
  { at, countsUnasked, reading = {} }: { at: string; countsUnasked: boolean; reading?: ClosingChange },
): Promise<Closing> {
  const closing = await apply(trx, closingId, suppression(reasons, reading), at);
  if (countsUnasked && closing.lane === 'live' && isCountable(reasons)) await expectCount(trx, closingId, at);
  return closing;
}
