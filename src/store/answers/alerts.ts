import { sql } from 'kysely';
import {
  alertIdOf,
  type Alert,
  type AlertPlan,
  type AlertState,
  type AlertWay,
} from '../../domain/survey/alert.ts';
import type { SurveyAnswer } from '../../domain/survey/card.ts';
import type { ClosingError } from '../../domain/closing/closing.ts';
import type { Answer } from '../../domain/survey/records.ts';
import { fromJson, toJson } from '../closings/rows.ts';
import type { Ledger, Reading, Writing } from '../ledger/ledger.ts';
import type { AlertsTable } from '../ledger/answer-tables.ts';
import { toAnswer } from './rows.ts';

/** Names one alert. */
export type AlertKey = Pick<Alert, 'surveyId' | 'revision' | 'way'>;

/** Held by the process that sends an alert. */
export function alertLock({ surveyId, revision, way }: AlertKey): string {
  return `alert by ${way} of survey ${surveyId}, revision ${revision}`;
}

/** Runs in the transaction that records the answer, so that no alert is lost. */
export async function expectAlerts(
  trx: Writing,
  { surveyId, revision, rating, answeredAt }: SurveyAnswer,
  closingId: string,
  plan: AlertPlan,
): Promise<void> {
  if (rating > plan.rating || plan.ways.length === 0) return;
  const rows = plan.ways.map((way) => ({
    survey_id: surveyId,
    revision,
    way,
    closing_id: closingId,
    state: 'due' as const,
    at: answeredAt,
    tries: 0,
    due_at: answeredAt,
    settled_at: null,
    error: null,
  }));
  await trx.insertInto('alerts').values(rows).execute();
}

/** Alerts whose time has come, the longest due first. */
export async function alertsDue(ledger: Ledger, limit: number, now: string): Promise<Alert[]> {
  const rows = await ledger.read((db) =>
    db.selectFrom('alerts').selectAll().where('due_at', '<=', now).orderBy('due_at').limit(limit).execute(),
  );
  return rows.map(toAlert);
}

/** The open alerts of one survey, even those not due yet: somebody waits for them. */
export async function alertsDueOf(ledger: Ledger, surveyId: string): Promise<Alert[]> {
  const rows = await ledger.read((db) =>
    db
      .selectFrom('alerts')
      .selectAll()
      .where('survey_id', '=', surveyId)
      .where('due_at', 'is not', null)
      .orderBy('revision')
      .execute(),
  );
  return rows.map(toAlert);
}

/** An alert as it is now, with its answer; null: the customer was forgotten. */
export async function alertNow(
  ledger: Ledger,
  { surveyId, revision, way }: AlertKey,
): Promise<{ alert: Alert; answer: Answer } | null> {
  return ledger.read(async (db) => {
    const row = await db
      .selectFrom('alerts')
      .selectAll()
      .where('survey_id', '=', surveyId)
      .where('revision', '=', revision)
      .where('way', '=', way)
      .executeTakeFirst();
    const answer = await db
      .selectFrom('answers')
      .selectAll()
      .where('survey_id', '=', surveyId)
      .where('revision', '=', revision)
      .executeTakeFirst();
    return row === undefined || answer === undefined
      ? null
      : { alert: toAlert(row), answer: toAnswer(answer) };
  });
}

/** @returns false when the alert is no longer due: another process sent it, or the customer was forgotten */
export async function markAlertLeaving(ledger: Ledger, key: AlertKey): Promise<boolean> {
  return change(ledger, key, ['due'], { state: 'leaving' });
}

export async function recordAlertOutcome(
  ledger: Ledger,
  key: AlertKey,
  {
    state,
    at,
    error,
  }: { state: Exclude<AlertState, 'due' | 'leaving'>; at: string; error: ClosingError | null },
): Promise<boolean> {
  return change(ledger, key, ['due', 'leaving'], {
    state,
    due_at: null,
    settled_at: at,
    error: toJson(error),
  });
}

/** The alert certainly did not arrive. */
export async function postponeAlert(
  ledger: Ledger,
  key: AlertKey,
  { dueAt, error }: { dueAt: string; error: ClosingError },
): Promise<boolean> {
  return change(ledger, key, ['due', 'leaving'], { state: 'due', due_at: dueAt, error: toJson(error) });
}

async function change(
  ledger: Ledger,
  { surveyId, revision, way }: AlertKey,
  from: readonly AlertState[],
  to: Partial<AlertsTable>,
): Promise<boolean> {
  const failed = to.error !== undefined && to.error !== null;
  return ledger.write({ names: [alertLock({ surveyId, revision, way })] }, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('alerts')
      .set({ ...to, ...(failed ? { tries: sql<number>`tries + 1` } : {}) })
      .where('survey_id', '=', surveyId)
      .where('revision', '=', revision)
      .where('way', '=', way)
      .where('state', 'in', from)
      .executeTakeFirst();
    return numUpdatedRows > 0;
  });
}

/** The alerts of one closing, in the order of its answers. */
export async function alertsIn(db: Reading, closingId: string): Promise<Alert[]> {
  const rows = await db
    .selectFrom('alerts')
    .selectAll()
    .where('closing_id', '=', closingId)
    .orderBy('at')
    .orderBy('revision')
    .orderBy('way')
    .execute();
  return rows.map(toAlert);
}

export interface OpenAlerts {
  /** Due, or leaving. */
  count: number;
  /** How many of these have failed before. */
  failed: number;
  oldestAt: string | null;
}

export async function openAlertsIn(db: Reading): Promise<OpenAlerts> {
  const row = await db
    .selectFrom('alerts')
    .select(({ fn }) => [
      fn.countAll().as('count'),
      fn.count('error').as('failed'),
      fn.min('at').as('oldest'),
    ])
    .where('due_at', 'is not', null)
    .executeTakeFirst();
  return {
    count: Number(row?.count ?? 0),
    failed: Number(row?.failed ?? 0),
    oldestAt: row?.oldest ?? null,
  };
}

export async function openAlerts(ledger: Ledger): Promise<OpenAlerts> {
  return ledger.read(openAlertsIn);
}

function toAlert(row: AlertsTable): Alert {
  const way: AlertWay = row.way;
  return {
    id: alertIdOf(row.survey_id, row.revision),
    surveyId: row.survey_id,
    revision: row.revision,
    way,
    closingId: row.closing_id,
    state: row.state,
    at: row.at,
    tries: row.tries,
    dueAt: row.due_at,
    settledAt: row.settled_at,
    error: fromJson(row.error) as ClosingError | null,
  };
}
