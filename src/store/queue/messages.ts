import type { Kysely, Transaction } from 'kysely';
import { allows } from '../../domain/closing/transitions.ts';
import { wasTrial, type DeliveryName } from '../../domain/delivery.ts';
import { fromJson, nextAfter, noSurvey, toJson } from '../closings/rows.ts';
import type { Closing, ClosingError } from '../closings/closing.ts';
import type { LedgerTables, MessageOutcome, MessagesTable } from '../schema/tables.ts';

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

/**
 * The newest message of a closing that reached the customer for all that is known, also where the closing was decided
 * again since; a trial's reached nobody.
 */
export async function arrivedMessage(
  db: Kysely<LedgerTables>,
  closingId: string,
  surveyId: string,
): Promise<Message | null> {
  const rows = await db
    .selectFrom('messages')
    .selectAll()
    .where('closing_id', '=', closingId)
    .where('survey_id', '=', surveyId)
    .where('outcome', 'in', ['sent', 'uncertain', 'interrupted'])
    .orderBy('sequence', 'desc')
    .execute();
  const real = rows.find((row) => !wasTrial(row));
  return real === undefined ? null : toMessage(real);
}

/**
 * Whoever follows a link of a survey sees it so: where the closing waits again, or was only tried since, the message
 * before still counts.
 */
export async function askedBefore(
  db: Kysely<LedgerTables>,
  closing: Closing,
  surveyId: string,
): Promise<Closing> {
  const isTrials = isTrialOfAnother(closing, surveyId);
  if (!isTrials && !allows('answer_earlier', closing.state)) return closing;
  const message = await arrivedMessage(db, closing.id, surveyId);
  if (message === null) return isTrials ? { ...closing, ...noSurvey } : closing;
  const { provider, address, leftAt } = message;
  return { ...closing, surveyId, provider, address, leftAt };
}

/** Whether what a closing has is a trial, and not this survey. */
export function isTrialOfAnother(closing: Pick<Closing, 'surveyId' | 'provider'>, surveyId: string): boolean {
  return wasTrial(closing) && closing.surveyId !== surveyId;
}

/** Writes how the newest message of a closing, or that one, ended, over what was believed before. */
export async function closeMessage(
  trx: Transaction<LedgerTables>,
  closingId: string,
  settlement: Settlement,
  sequence: number | null = null,
): Promise<void> {
  const closed = sequence ?? (await lastMessage(trx, closingId))?.sequence;
  if (closed === undefined) return;
  await trx
    .updateTable('messages')
    .set({
      settled_at: settlement.at,
      outcome: settlement.outcome,
      ...(settlement.externalId === null ? {} : { external_id: settlement.externalId }),
      error: toJson(settlement.error),
    })
    .where('closing_id', '=', closingId)
    .where('sequence', '=', closed)
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
