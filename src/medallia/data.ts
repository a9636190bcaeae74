import type { MedalliaRow } from '../domain/survey/medallia-row.ts';
import type { Exchange } from './exchange.ts';
import { unreadableBy } from './problems.ts';
import { readFeedbackRow } from './rows.ts';

/**
 * Rows after a sequence id, oldest first (`GET /v2/data`). Only an empty list marks the end: the highest `limit` is not
 * documented, so a shorter page proves nothing.
 *
 * @param after 0: from the first row on
 * @throws Failure; of kind contract for a row without uuid or sequence id, because no cursor may move past it
 */
export async function readFeedback(exchange: Exchange, after: number, limit: number): Promise<MedalliaRow[]> {
  const operation = 'listFeedback';
  const query = new URLSearchParams({ limit: String(limit) });
  if (after > 0) query.set('after', String(after));
  const value = await exchange.json({ operation, method: 'GET', path: '/v2/data', query, needsToken: true });
  if (!Array.isArray(value)) throw unreadableBy(exchange.host, operation, 'it is not a list').failure;
  try {
    return value.map(readFeedbackRow);
  } catch {
    throw unreadableBy(exchange.host, operation, 'a row has no uuid or no sequence id').failure;
  }
}
