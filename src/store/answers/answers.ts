import type { Answer } from '../../domain/survey/records.ts';
import { arrivalOf } from '../../domain/closing/arrival.ts';
import type { Closing, ClosingReading, ClosingReport } from '../../domain/closing/closing.ts';
import { isSameForm, type FormAnswers } from '../../domain/survey/form.ts';
import { surveyIdOf } from '../../domain/survey/token.ts';
import { Failure } from '../../failure.ts';
import { record } from '../closings/closing-reports.ts';
import { arrivedMessage, asSurveyed, closeMessage } from '../closings/messages.ts';
import { closingForgotten } from '../closings/closing-failures.ts';
import { apply, closingIn } from '../closings/rows.ts';
import type { Ledger, Reading, Writing } from '../ledger/ledger.ts';
import type { AlertPlan } from '../../domain/survey/alert.ts';
import { expectAlerts } from './alerts.ts';
import { cardsLock, expectCard } from './cards-due.ts';
import { formRowOf, toAnswer } from './rows.ts';

/** Answers to a form's own questions may be left out: the customer did not answer them. */
export interface NewAnswer extends Partial<FormAnswers> {
  surveyId: string;
  /** Null: an answer to a survey that this ledger did not make. */
  closingId: string | null;
  rating: number;
  resolved: boolean | null;
  comment: string | null;
  at: string;
  source: string;
  /** Only for an answer that a person records: it counts even if no message of ours asked for it. */
  unasked?: Unasked;
  /** Who is notified of a low rating; nobody if left out. */
  alerts?: AlertPlan;
}

/** An answer without a message of ours: the closing no longer needs a survey. */
export interface Unasked {
  /** Reports the closing, if the ledger may not know it yet; then `closingId` is not used. */
  report: ClosingReport | null;
  /** What was read about the closing, kept unless it has a verdict to send; null if it has one. */
  reading: ClosingReading | null;
}

/** What the ledger knows when an answer arrives. */
export interface BeforeAnswer {
  closing: Closing | null;
  first: Answer | null;
  current: Answer | null;
}

/**
 * Keeps an answer as a new revision, unless it says the same as the current one, and moves its closing: see
 * `arrivalOf`. A closing first reported by an `unasked` answer is recorded and answered in one transaction.
 *
 * @param admit called once within the transaction; pure. What it throws refuses the answer
 * @throws Failure closing_not_found, closing_forgotten, closing_changed when the report is of a closing that has
 * another survey
 */
export async function recordAnswer(
  ledger: Ledger,
  given: NewAnswer,
  admit: (known: BeforeAnswer) => void = () => undefined,
): Promise<{ answer: Answer; changed: boolean }> {
  const { surveyId, closingId, unasked } = given;
  const alone = {
    names: [cardsLock(surveyId)],
    closings: closingId === null ? [] : [closingId],
    conversations: unasked?.report ? [unasked.report.conversationId] : [],
  };
  return ledger.write(alone, async (trx) => {
    const closing = await closingOf(trx, given);
    if (closing !== null && closing.forgottenAt !== null) throw closingForgotten(closing);
    const current = await newestAnswer(trx, surveyId);
    const first = current === null || current.revision === 1 ? current : await firstAnswer(trx, surveyId);
    admit({ closing: closing && (await asSurveyed(trx, closing, surveyId)), first, current });
    const { answer, changed } = nextAnswer(current, given);
    if (changed) {
      await trx
        .insertInto('answers')
        .values({
          survey_id: answer.surveyId,
          revision: answer.revision,
          closing_id: closing?.id ?? null,
          rating: answer.rating,
          resolved: answer.resolved === null ? null : Number(answer.resolved),
          comment: answer.comment,
          answered_at: answer.answeredAt,
          source: answer.source,
          ...formRowOf(answer),
        })
        .execute();
      await expectCard(trx, answer, closing?.id ?? null);
      if (closing !== null && given.alerts !== undefined) {
        await expectAlerts(trx, answer, closing.id, given.alerts);
      }
    }
    // The answer may have come before the survey did, e.g. by hand; the same answer given again now proves its arrival.
    if (closing !== null && (changed || closing.state !== 'answered')) {
      await recordArrival(trx, closing, { ...answer, answeredAt: given.at }, unasked ?? null);
    }
    // Last, because the closing may have just got its survey back.
    if (changed) await keepRating(trx, answer);
    return { answer, changed };
  });
}

async function keepRating(trx: Writing, { surveyId, rating }: Answer): Promise<void> {
  await trx.updateTable('closings').set({ rating }).where('survey_id', '=', surveyId).execute();
}

/** The answer that `recordAnswer` would return, without writing it. */
export async function previewAnswer(ledger: Ledger, given: NewAnswer): Promise<Answer> {
  const current = await ledger.read((db) => newestAnswer(db, given.surveyId));
  return nextAnswer(current, given).answer;
}

function nextAnswer(current: Answer | null, given: NewAnswer): { answer: Answer; changed: boolean } {
  const { surveyId, rating, resolved, comment, source, reason = null, question = null } = given;
  const form = { reason, question };
  if (
    current?.rating === rating &&
    current.resolved === resolved &&
    current.comment === comment &&
    isSameForm(current, form)
  ) {
    return { answer: current, changed: false };
  }
  const revision = (current?.revision ?? 0) + 1;
  return {
    answer: { surveyId, revision, rating, resolved, comment, ...form, answeredAt: given.at, source },
    changed: true,
  };
}

/** Recording the closing in the answer's transaction keeps it from being surveyed in between. */
async function closingOf(trx: Writing, { surveyId, closingId, unasked }: NewAnswer): Promise<Closing | null> {
  const report = unasked?.report ?? null;
  if (report === null) return closingId === null ? null : closingIn(trx, closingId);
  const { closing } = await record(trx, report);
  if (surveyIdOf(closing.id) === surveyId) return closing;
  throw new Failure(
    'ledger',
    'closing_changed',
    `The closing ${closing.id} was meanwhile recorded with another time than the one this answer is for.`,
    { hint: 'Run it again.', scope: 'contention' },
  );
}

async function recordArrival(
  trx: Writing,
  closing: Closing,
  answer: Answer,
  unasked: Unasked | null,
): Promise<void> {
  const message = await arrivedMessage(trx, closing.id, answer.surveyId);
  const arrival = arrivalOf(closing, answer, message, unasked);
  if (arrival === null) return;
  const at = answer.answeredAt;
  if (arrival.proves !== null) await closeMessage(trx, closing.id, { at, outcome: 'sent' }, arrival.proves);
  await apply(trx, closing.id, arrival.move, at);
}

export async function currentAnswer(ledger: Ledger, surveyId: string): Promise<Answer | null> {
  return ledger.read((db) => newestAnswer(db, surveyId));
}

/** The first and the newest revision, which may be the same one; null if there is no answer. */
export async function outermostAnswers(
  ledger: Ledger,
  surveyId: string,
): Promise<{ first: Answer; newest: Answer } | null> {
  return ledger.read(async (db) => {
    const newest = await newestAnswer(db, surveyId);
    if (newest === null) return null;
    return { first: newest.revision === 1 ? newest : await firstAnswer(db, surveyId), newest };
  });
}

/** The newest revision; null if there is none. */
export async function newestAnswer(db: Reading, surveyId: string): Promise<Answer | null> {
  const row = await db
    .selectFrom('answers')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : toAnswer(row);
}

async function firstAnswer(db: Reading, surveyId: string): Promise<Answer> {
  const row = await db
    .selectFrom('answers')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .orderBy('revision')
    .limit(1)
    .executeTakeFirstOrThrow();
  return toAnswer(row);
}
