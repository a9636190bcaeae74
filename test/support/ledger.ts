import type { Answer, VisitCount } from '../../src/domain/survey/records.ts';
import type { Closing } from '../../src/domain/closing/closing.ts';
import type { Reminder } from '../../src/domain/closing/reminder.ts';
import { toAnswer } from '../../src/store/answers/rows.ts';
import { visitsIn } from '../../src/store/answers/visits.ts';
import { toClosing } from '../../src/store/closings/rows.ts';
import { reminderIn } from '../../src/store/queue/reminder-rows.ts';
import type { Ledger } from '../../src/store/ledger/ledger.ts';

/** Every row of the ledger in both lanes, newest first. */
export async function closingsIn(ledger: Ledger): Promise<Closing[]> {
  const rows = await ledger.read((db) =>
    db.selectFrom('closings').selectAll().orderBy('closed_at', 'desc').orderBy('id', 'desc').execute(),
  );
  return rows.map(toClosing);
}

/** All revisions, oldest first. */
export async function answersOf(ledger: Ledger, surveyId: string): Promise<Answer[]> {
  const rows = await ledger.read((db) =>
    db.selectFrom('answers').selectAll().where('survey_id', '=', surveyId).orderBy('revision').execute(),
  );
  return rows.map(toAnswer);
}

export function reminderOf(ledger: Ledger, closingId: string): Promise<Reminder | null> {
  return ledger.read((db) => reminderIn(db, closingId));
}

export function visitsOf(ledger: Ledger, surveyId: string): Promise<VisitCount[]> {
  return ledger.read((db) => visitsIn(db, surveyId));
}
