import type { Kysely, Transaction } from 'kysely';
import type { SurveyAnswer } from '../../domain/survey/card.ts';
import { allows } from '../../domain/closing/transitions.ts';
import { wasTrial } from '../../domain/delivery.ts';
import { surveyIdOf } from '../../domain/survey/token.ts';
import { Failure } from '../../failure.ts';
import { closingIn, move } from '../closings/rows.ts';
import { expectCard } from './cards-due.ts';
import type { Closing, ClosingReport } from '../closings/closing.ts';
import type { Facts } from '../queue/decisions.ts';
import { arrivedMessage, askedBefore, closeMessage, isTrialOfAnother } from '../queue/messages.ts';
import { within, type Ledger } from '../open.ts';
import { sight } from '../closings/closing-reports.ts';
import type { AnswersTable, LedgerTables } from '../schema/tables.ts';
import { endTrial } from '../closings/trials.ts';

/** One revision of a customer's answer. */
export interface Answer extends SurveyAnswer {
  /** How it came, e.g. `page` or `post`. */
  source: string;
}

export interface NewAnswer {
  surveyId: string;
  /** Null: an answer to a survey that this ledger did not make. */
  closingId: string | null;
  rating: number;
  resolved: boolean | null;
  comment: string | null;
  at: string;
  source: string;
  /** Only for one that a person records: it stands also where no message of ours asked for it. */
  unasked?: Unasked;
}

/** An answer that nobody has to be asked for any more. */
export interface Unasked {
  /** The closing, where the ledger may not know it yet; then `closingId` is not looked at. */
  sighting: ClosingReport | null;
  /** What was read of the closing, kept unless it has a verdict to send; null where it has. */
  facts: Facts | null;
}

/** What the ledger knows when an answer comes. */
export interface BeforeAnswer {
  closing: Closing | null;
  first: Answer | null;
  current: Answer | null;
}

/**
 * Keeps an answer as a new revision, unless it says the same as the current one. It also proves that the survey
 * arrived: nobody is asked again, also where a person had the closing decided anew. A closing that never had a message
 * keeps its state, unless the answer is `unasked`: then the closing is answered, in the same transaction in which it is seen.
 * @param admit called once within the transaction; pure. What it throws refuses the answer
 * @throws Failure closing_not_found, closing_changed when the sighting is of a closing that has another survey
 */
export async function recordAnswer(
  ledger: Ledger,
  given: NewAnswer,
  admit: (known: BeforeAnswer) => void = () => undefined,
): Promise<{ answer: Answer; changed: boolean }> {
  return within(ledger, async (trx) => {
    const closing = await closingOf(trx, given);
    const current = await newestAnswer(trx, given.surveyId);
    const first = current === null || current.revision === 1 ? current : await firstAnswer(trx, current);
    admit({ closing: closing && (await askedBefore(trx, closing, given.surveyId)), first, current });
    const { answer, changed } = nextAnswer(current, given);
    if (!changed) {
      // The answer may have come before the survey did, e.g. by hand; the same words again now prove its arrival.
      if (closing !== null && closing.state !== 'answered') {
        await noteArrival(trx, closing, { ...answer, answeredAt: given.at }, given.unasked);
      }
      return { answer, changed };
    }
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
      })
      .execute();
    await expectCard(trx, answer, closing?.id ?? null);
    if (closing !== null) await noteArrival(trx, closing, answer, given.unasked);
    return { answer, changed };
  });
}

/** The answer that `recordAnswer` would return, without writing it. */
export async function previewAnswer(ledger: Ledger, given: NewAnswer): Promise<Answer> {
  return nextAnswer(await newestAnswer(ledger.db, given.surveyId), given).answer;
}

function nextAnswer(current: Answer | null, given: NewAnswer): { answer: Answer; changed: boolean } {
  const { surveyId, rating, resolved, comment, source } = given;
  if (current?.rating === rating && current.resolved === resolved && current.comment === comment) {
    return { answer: current, changed: false };
  }
  const revision = (current?.revision ?? 0) + 1;
  return {
    answer: { surveyId, revision, rating, resolved, comment, answeredAt: given.at, source },
    changed: true,
  };
}

/** A closing that becomes known by its answer is never one that could be asked about meanwhile. */
async function closingOf(
  trx: Transaction<LedgerTables>,
  { surveyId, closingId, unasked }: NewAnswer,
): Promise<Closing | null> {
  const sighting = unasked?.sighting ?? null;
  if (sighting === null) return closingId === null ? null : closingIn(trx, closingId);
  const { closing } = await sight(trx, sighting);
  if (surveyIdOf(closing.id) === surveyId) return closing;
  throw new Failure(
    'ledger',
    'closing_changed',
    `The closing ${closing.id} was found meanwhile, at another time than this answer is for.`,
    { hint: 'Run it again.', scope: 'contention' },
  );
}

async function noteArrival(
  trx: Transaction<LedgerTables>,
  asked: Closing,
  answer: Answer,
  unasked: Unasked | undefined,
): Promise<void> {
  const at = answer.answeredAt;
  const told = `rating ${answer.rating}`;
  const arrived = await arrivedMessage(trx, asked.id, answer.surveyId);
  const endsTrial =
    isTrialOfAnother(asked, answer.surveyId) &&
    (arrived !== null || unasked !== undefined) &&
    allows('supersede_trial', asked.state);
  const closing = endsTrial ? await endTrial(trx, asked, at) : asked;
  const message = allows('answer_earlier', closing.state) ? arrived : null;
  if (message !== null) {
    const { surveyId, provider, address, leftAt, sequence } = message;
    const proof = { at, outcome: 'sent', externalId: null, error: null } as const;
    await closeMessage(trx, closing.id, proof, sequence);
    const survey = { surveyId, provider, address, leftAt, sentAt: leftAt };
    const change = { ...survey, dueAt: null, error: null, reasons: [] };
    await move(trx, closing.id, 'answer_earlier', at, change, told);
    return;
  }
  const { surveyId } = answer;
  const isSame = closing.surveyId === surveyId;
  const isTrials = wasTrial(closing) && isSame;
  if (unasked !== undefined && !isTrials && allows('answer_unasked', closing.state)) {
    const verdict = isSame ? {} : { ...unasked.facts, surveyUrl: null };
    // Without a delivery: a trial would give way to a real one.
    const change = { ...verdict, surveyId, provider: null, dueAt: null, error: null, reasons: [] };
    await move(trx, closing.id, 'answer_unasked', at, change, told);
    return;
  }
  if (!allows('answer', closing.state)) return;
  if (closing.state === 'sending' || closing.state === 'uncertain') {
    await closeMessage(trx, closing.id, { at, outcome: 'sent', externalId: null, error: null });
  }
  const change = { sentAt: closing.sentAt ?? closing.leftAt, error: null };
  await move(trx, closing.id, 'answer', at, change, told);
}

export async function currentAnswer(ledger: Ledger, surveyId: string): Promise<Answer | null> {
  return newestAnswer(ledger.db, surveyId);
}

/** The first and the newest revision, which may be the same one; null where there is no answer. */
export async function outermostAnswers(
  ledger: Ledger,
  surveyId: string,
): Promise<{ first: Answer; newest: Answer } | null> {
  const newest = await newestAnswer(ledger.db, surveyId);
  if (newest === null) return null;
  return { first: newest.revision === 1 ? newest : await firstAnswer(ledger.db, newest), newest };
}

/** All revisions, oldest first. */
export async function answersOf(ledger: Ledger, surveyId: string): Promise<Answer[]> {
  const rows = await ledger.db
    .selectFrom('answers')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .orderBy('revision')
    .execute();
  return rows.map(toAnswer);
}

export function toAnswer(row: AnswersTable): Answer {
  return {
    surveyId: row.survey_id,
    revision: row.revision,
    rating: row.rating,
    resolved: row.resolved === null ? null : row.resolved === 1,
    comment: row.comment,
    answeredAt: row.answered_at,
    source: row.source,
  };
}

async function newestAnswer(db: Kysely<LedgerTables>, surveyId: string): Promise<Answer | null> {
  const row = await db
    .selectFrom('answers')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : toAnswer(row);
}

async function firstAnswer(db: Kysely<LedgerTables>, { surveyId }: Answer): Promise<Answer> {
  const row = await db
    .selectFrom('answers')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .orderBy('revision')
    .limit(1)
    .executeTakeFirstOrThrow();
  return toAnswer(row);
}
