import type { VisitKind, VisitCount } from '../../domain/survey/records.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';

export interface Visit {
  surveyId: string;
  kind: VisitKind;
  at: string;
}

/** Counts visits, in one transaction. A survey has one row per kind, however often it is visited. */
export async function recordVisits(ledger: Ledger, visits: readonly Visit[]): Promise<void> {
  if (visits.length === 0) return;
  await ledger.write({ names: ['visits'] }, async (trx) => {
    for (const { surveyId, kind, at } of visits) {
      await trx
        .insertInto('visits')
        .values({ survey_id: surveyId, kind, count: 1, first_at: at, last_at: at })
        .onConflict((conflict) =>
          conflict.columns(['survey_id', 'kind']).doUpdateSet((eb) => ({
            count: eb('visits.count', '+', 1),
            first_at: eb
              .case()
              .when('visits.first_at', '>', at)
              .then(at)
              .else(eb.ref('visits.first_at'))
              .end(),
            last_at: eb.case().when('visits.last_at', '<', at).then(at).else(eb.ref('visits.last_at')).end(),
          })),
        )
        .execute();
    }
  });
}

/** By kind, in alphabetical order. */
export async function visitsIn(db: Reading, surveyId: string): Promise<VisitCount[]> {
  const rows = await db
    .selectFrom('visits')
    .selectAll()
    .where('survey_id', '=', surveyId)
    .orderBy('kind')
    .execute();
  return rows.map(({ kind, count, first_at, last_at }) => ({
    kind: kind as VisitKind,
    count,
    firstAt: first_at,
    lastAt: last_at,
  }));
}
