import type { Message, MessageOutcome } from '../../domain/survey/records.ts';
import type { ArrivedMessage } from '../../domain/closing/arrival.ts';
import { type Closing, type ClosingError } from '../../domain/closing/closing.ts';
import { allows } from '../../domain/closing/transitions.ts';
import type { DeliveryName } from '../../domain/delivery.ts';
import type { SurveyForm } from '../../domain/survey/form.ts';
import type { Reading, Writing } from '../ledger/ledger.ts';
import { keepForm } from './forms.ts';
import type { MessagesTable } from '../ledger/tables.ts';
import { fromJson, nextAfter, toJson } from './rows.ts';

/** @returns the number of the message */
export async function openMessage(
  trx: Writing,
  closing: Closing,
  surveyId: string,
  provider: DeliveryName,
  at: string,
  form: SurveyForm | null,
): Promise<number> {
  const sequence = nextAfter(await newestMessage(trx, closing.id));
  await trx
    .insertInto('messages')
    .values({
      closing_id: closing.id,
      sequence,
      survey_id: surveyId,
      provider,
      address: closing.address,
      left_at: at,
      brand: closing.brand,
      form_id: await keepForm(trx, surveyId, form),
    })
    .execute();
  return sequence;
}

/** The newest message of a survey that reached the customer, or may have. */
export async function arrivedMessage(
  db: Reading,
  closingId: string,
  surveyId: string,
): Promise<ArrivedMessage | null> {
  const row = await db
    .selectFrom('messages')
    .selectAll()
    .where('closing_id', '=', closingId)
    .where('survey_id', '=', surveyId)
    .where('outcome', 'in', ['sent', 'uncertain', 'interrupted'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : toMessage(row);
}

/**
 * The closing as a survey's link shows it: if the closing waits to be surveyed again, its earlier message still counts.
 */
export async function asSurveyed(db: Reading, closing: Closing, surveyId: string): Promise<Closing> {
  if (!allows('answer_earlier', closing.state)) return closing;
  const message = await arrivedMessage(db, closing.id, surveyId);
  if (message === null) return closing;
  const { provider, address, leftAt, brand } = message;
  return { ...closing, surveyId, provider, address, leftAt, brand };
}

/** Records how the newest message of a closing, or the given message, ended. Overwrites an earlier outcome. */
export async function closeMessage(
  trx: Writing,
  closingId: string,
  end: { at: string; outcome: MessageOutcome; externalId?: string | null; error?: ClosingError | null },
  sequence: number | 'newest' = 'newest',
): Promise<void> {
  const closed = sequence === 'newest' ? await newestMessage(trx, closingId) : sequence;
  if (closed === null) return;
  const { at, outcome, externalId = null, error = null } = end;
  await trx
    .updateTable('messages')
    .set({
      settled_at: at,
      outcome,
      ...(externalId === null ? {} : { external_id: externalId }),
      error: toJson(error),
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
    brand: row.brand,
  };
}

/** Whether any message of a closing may have reached the customer, whatever state the closing is in now. */
export async function mayHaveArrived(db: Reading, closingId: string): Promise<boolean> {
  const row = await db
    .selectFrom('messages')
    .select('sequence')
    .where('closing_id', '=', closingId)
    .where('outcome', 'in', ['sent', 'uncertain', 'interrupted'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The number of the newest message of a closing; null: it has none. */
export async function newestMessage(trx: Writing, closingId: string): Promise<number | null> {
  const row = await trx
    .selectFrom('messages')
    .select((eb) => eb.fn.max('sequence').as('sequence'))
    .where('closing_id', '=', closingId)
    .executeTakeFirst();
  // Without rows, max() gives null.
  return (row?.sequence as number | null | undefined) ?? null;
}
