import type { ReasonCode } from '../../../src/domain/closing/reason.ts';
import type { QuestionAnswer } from '../../../src/domain/survey/form.ts';
import fc from 'fast-check';
import { closingStates, type ClosingState } from '../../../src/domain/closing/transitions.ts';
import { deliveryNames } from '../../../src/domain/delivery.ts';
import { formRowOf } from '../../../src/store/answers/rows.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { freshLedger } from '../../store/support.ts';

/** A closing as a report sees it. */
export interface ReportedClosing {
  id?: string;
  lane?: 'live' | 'trial';
  closedAt?: string;
  state: ClosingState;
  provider?: string | null;
  agent?: string | null;
  assignee?: string | null;
  inbox?: string | null;
  channel?: string | null;
  brand?: string | null;
  topics?: readonly string[];
  reasons?: readonly ReasonCode[];
  ratings?: readonly number[];
  resolved?: boolean | null;
  comment?: string | null;
  reason?: string | null;
  question?: QuestionAnswer | null;
  visits?: readonly string[];
}

/** A ledger with these closings. */
export async function filled(rows: readonly ReportedClosing[]): Promise<Ledger> {
  const ledger = await freshLedger();
  await fill(ledger, rows);
  return ledger;
}

export async function fill(ledger: Ledger, rows: readonly ReportedClosing[]): Promise<void> {
  await ledger.write('ledger', async (trx) => {
    for (const [index, row] of rows.entries()) {
      const id = row.id ?? `c${index}`;
      const closedAt = row.closedAt ?? '2026-11-22T12:00:00.000Z';
      const surveyId = `survey-${id}`;
      await trx
        .insertInto('closings')
        .values({
          id,
          conversation_id: id,
          lane: row.lane ?? 'live',
          customer_id: `customer-${id}`,
          closed_at: closedAt,
          first_seen_at: closedAt,
          source: 'report',
          state: row.state,
          state_at: closedAt,
          queued: 0,
          attempts: 0,
          reasons: '[]',
          reason_codes: (row.reasons ?? []).join(','),
          survey_id: row.state === 'suppressed' ? null : surveyId,
          provider: (row.provider === undefined ? 'smtp' : row.provider) as 'smtp' | null,
          agent_id: row.agent ?? null,
          assignee_id: row.assignee ?? null,
          inbox_id: row.inbox ?? null,
          channel: row.channel ?? null,
          brand: row.brand ?? null,
        })
        .execute();
      for (const topic of row.topics ?? []) {
        await trx
          .insertInto('closing_topics')
          .values({ closing_id: id, topic_id: topic, closed_at: closedAt })
          .execute();
      }
      for (const [revision, rating] of (row.ratings ?? []).entries()) {
        const resolved = row.resolved ?? null;
        await trx
          .insertInto('answers')
          .values({
            survey_id: surveyId,
            revision: revision + 1,
            closing_id: id,
            rating,
            resolved: resolved === null ? null : Number(resolved),
            comment: row.comment ?? null,
            answered_at: closedAt,
            source: 'page',
            ...formRowOf({ reason: row.reason ?? null, question: row.question ?? null }),
          })
          .execute();
      }
      for (const kind of row.visits ?? []) {
        await trx
          .insertInto('visits')
          .values({ survey_id: surveyId, kind, count: 1, first_at: closedAt, last_at: closedAt })
          .execute();
      }
    }
  });
}

/** Closings lie before, in, and after this range. The clocks of Chicago change on November 1. */
export const rangeOfAny = { since: '2026-10-20T05:00:00.000Z', until: '2026-11-10T06:00:00.000Z' };

const one = (...ids: string[]): fc.Arbitrary<string | null> => fc.constantFrom(null, ...ids);

export type AnyClosing = ReportedClosing & Required<Pick<ReportedClosing, 'closedAt'>>;

export const anyClosing: fc.Arbitrary<AnyClosing> = fc.record({
  state: fc.constantFrom(...closingStates),
  lane: fc.constantFrom('live' as const, 'live' as const, 'live' as const, 'trial' as const),
  provider: one(...deliveryNames),
  agent: one('a1', 'a2', '__proto__'),
  assignee: one('a1', 'a2'),
  inbox: one('i1', 'i2', "i'3"),
  channel: one('email', 'voice'),
  brand: one('North', 'Süd'),
  topics: fc.uniqueArray(fc.constantFrom('t1', 't2', 't3')),
  reasons: fc.uniqueArray(fc.constantFrom('no_address', 'opt_out_topic', 'too_old'), { minLength: 1 }),
  ratings: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
  resolved: fc.constantFrom(null, true, false),
  visits: fc.uniqueArray(fc.constantFrom('opened', 'clicked', 'scanner')),
  closedAt: fc
    .oneof(
      fc.integer({ min: Date.UTC(2026, 9, 15), max: Date.UTC(2026, 10, 15) }),
      fc.constantFrom(...Object.values(rangeOfAny).flatMap((at) => [Date.parse(at) - 1, Date.parse(at)])),
    )
    .map((at) => new Date(at).toISOString()),
});
