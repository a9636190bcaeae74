import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { deliveryNames, isTrial, type DeliveryName } from '../../domain/delivery.ts';
import type { LedgerTables } from '../schema/tables.ts';

const trials = deliveryNames.filter(isTrial);

/**
 * The condition that a waiting closing is in the queue that this delivery works on. There are two that never meet: what
 * waits to be asked about for real is not used up by a trial, and what is there to be tried is not asked about for real.
 */
export function inQueueOf(
  delivery: DeliveryName,
): (eb: ExpressionBuilder<LedgerTables, 'closings'>) => Expression<SqlBool> {
  return (eb) =>
    isTrial(delivery)
      ? eb('closings.provider', '=', delivery)
      : eb.or([eb('closings.provider', 'is', null), eb('closings.provider', 'not in', trials)]);
}
