import type { Closing } from '../../domain/closing/closing.ts';
import type { Lane } from '../../domain/values/lanes.ts';
import { allows } from '../../domain/closing/transitions.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';
import type { ClosingsTable } from '../ledger/tables.ts';
import { asSurveyed } from './messages.ts';
import { toClosing } from './rows.ts';

export async function closingById(ledger: Ledger, closingId: string): Promise<Closing | null> {
  const row = await ledger.read((db) =>
    db.selectFrom('closings').selectAll().where('id', '=', closingId).executeTakeFirst(),
  );
  return row === undefined ? null : toClosing(row);
}

/** The latest time that a source reported for a closing: sources give slightly different ones. */
export async function lastTimeOf(
  ledger: Ledger,
  { id, lane, conversationId, closedAt }: Closing,
): Promise<string> {
  const row = await ledger.read((db) =>
    db
      .selectFrom('closing_reports')
      .select(({ fn }) => fn.max('closed_at').as('closed_at'))
      .where('conversation_id', '=', conversationId)
      .where('lane', '=', lane)
      .where('closing_id', '=', id)
      .executeTakeFirst(),
  );
  const last = row?.closed_at ?? closedAt;
  return last > closedAt ? last : closedAt;
}

/**
 * The closing that a survey is about, as it was when the survey's message left, even if the closing now waits to be
 * surveyed again. Null if this ledger does not have the survey, or no longer has it.
 */
export async function closingOfSurvey(ledger: Ledger, surveyId: string): Promise<Closing | null> {
  return ledger.read(async (db) => {
    const row =
      (await db.selectFrom('closings').selectAll().where('survey_id', '=', surveyId).executeTakeFirst()) ??
      (await waitingAfter(db, surveyId));
    return row === undefined ? null : asSurveyed(db, toClosing(row), surveyId);
  });
}

/**
 * A closing that lost its survey when it was decided again, but whose message is out. The query filters by the message
 * alone: given a condition on the survey, SQLite would use the index of surveys, which holds all closings without a
 * survey in one place.
 */
async function waitingAfter(db: Reading, surveyId: string): Promise<ClosingsTable | undefined> {
  const surveyed = await db
    .selectFrom('closings')
    .selectAll()
    .where('id', 'in', (eb) =>
      eb.selectFrom('messages').select('messages.closing_id').where('messages.survey_id', '=', surveyId),
    )
    .execute();
  return surveyed.find(({ state, survey_id }) => survey_id === null && allows('answer_earlier', state));
}

/** The conversation's closings in one lane, newest first. */
export async function closingsOfConversation(
  ledger: Ledger,
  conversationId: string,
  lane: Lane,
): Promise<Closing[]> {
  const rows = await ledger.read((db) =>
    db
      .selectFrom('closings')
      .selectAll()
      .where('conversation_id', '=', conversationId)
      .where('lane', '=', lane)
      .orderBy('closed_at', 'desc')
      .execute(),
  );
  return rows.map(toClosing);
}
