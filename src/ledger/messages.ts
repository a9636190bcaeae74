import type { Transaction } from 'kysely';
import { fromJson, nextAfter, toJson } from './closing-rows.ts';
import type { Closing, ClosingError } from './closings.ts';
import type { LedgerTables, MessageOutcome, MessagesTable } from './tables.ts';
import type { DeliveryName } from '../domain/delivery.ts';

/** One try to send the survey of a closing; it is written before the message leaves. */
export interface Message {
  closingId: string;
  /** 1 for the first try. */
  sequence: number;
  surveyId: string;
  provider: DeliveryName;
  address: string | null;
  leftAt: string;
  settledAt: string | null;
  /** Null while nobody knows. */
  outcome: MessageOutcome | null;
  externalId: string | null;
  error: ClosingError | null;
}

export interface Settlement {
  at: string;
  outcome: MessageOutcome;
  externalId: string | null;
  error: ClosingError | null;
}

export async function openMessage(
  trx: Transaction<LedgerTables>,
  closing: Closing,
  surveyId: string,
  provider: DeliveryName,
  at: string,
): Promise<void> {
  const last = await lastMessage(trx, closing.id);
  await trx
    .insertInto('messages')
    .values({
      closing_id: closing.id,
      sequence: nextAfter(last?.sequence),
      survey_id: surveyId,
      provider,
      address: closing.address,
      left_at: at,
    })
    .execute();
}

/** Writes how the newest message of a closing ended, over what was believed before. */
export async function closeMessage(
  trx: Transaction<LedgerTables>,
  closingId: string,
  settlement: Settlement,
): Promise<void> {
  const last = await lastMessage(trx, closingId);
  if (last === undefined) return;
  await trx
    .updateTable('messages')
    .set({
      settled_at: settlement.at,
      outcome: settlement.outcome,
      external_id: settlement.externalId ?? last.external_id,
      error: toJson(settlement.error),
    })
    .where('closing_id', '=', closingId)
    .where('sequence', '=', last.sequence)
    .execute();
}

export function toMessage(row: MessagesTable): Message {
  return {
    closingId: row.closing_id,
    sequence: row.sequence,
    surveyId: row.survey_id,
    provider: row.provider,
    address: row.address,
    leftAt: row.left_at,
    settledAt: row.settled_at,
    outcome: row.outcome,
    externalId: row.external_id,
    error: fromJson(row.error) as ClosingError | null,
  };
}

async function lastMessage(
  trx: Transaction<LedgerTables>,
  closingId: string,
): Promise<MessagesTable | undefined> {
  return trx
    .selectFrom('messages')
    .selectAll()
    .where('closing_id', '=', closingId)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
}
