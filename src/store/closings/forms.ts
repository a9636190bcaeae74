import { formBody, formIdOf, readForm, type SurveyForm } from '../../domain/survey/form.ts';
import type { Ledger, Reading, Writing } from '../ledger/ledger.ts';

/**
 * Keeps the form of a message that is about to leave, once for all messages that share it. A survey's link stays the
 * same, so a message that is sent again gets the form of the first message that may be out.
 *
 * @returns the id of the form; null: nothing more than the rating, a yes or no, and a comment
 */
export async function keepForm(
  trx: Writing,
  surveyId: string,
  form: SurveyForm | null,
): Promise<string | null> {
  const earlier = await firstFormIn(trx, surveyId);
  if (earlier !== null) return earlier.formId;
  if (form === null) return null;
  const id = formIdOf(form);
  await trx
    .insertInto('forms')
    .values({ id, body: formBody(form) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return id;
}

/** What the link of a survey asks; null: nothing more than the rating, a yes or no, and a comment. */
export async function formOfSurvey(ledger: Ledger, surveyId: string): Promise<SurveyForm | null> {
  return ledger.read(async (db) => (await firstFormIn(db, surveyId))?.form ?? null);
}

/** The form of a survey's first message that may be out; null: no message is out, and the form is still open. */
export async function sentForm(
  ledger: Ledger,
  surveyId: string,
): Promise<{ form: SurveyForm | null } | null> {
  return ledger.read((db) => firstFormIn(db, surveyId));
}

/** The form of a survey's first message that may be out; null: there is no such message. */
export async function firstFormIn(
  db: Reading,
  surveyId: string,
): Promise<{ formId: string | null; form: SurveyForm | null } | null> {
  const row = await db
    .selectFrom('messages')
    .leftJoin('forms', 'forms.id', 'messages.form_id')
    .select(['messages.form_id', 'forms.body'])
    .where('messages.survey_id', '=', surveyId)
    .where((eb) => eb.or([eb('messages.outcome', 'is', null), eb('messages.outcome', '<>', 'not_sent')]))
    .orderBy('messages.sequence')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return null;
  return { formId: row.form_id, form: row.body === null ? null : readForm(row.body) };
}
