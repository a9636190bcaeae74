import { expect, test } from 'vitest';
import { recordVisits, visitsIn } from '../../../src/store/answers/visits.ts';
import type { VisitCount } from '../../../src/domain/survey/records.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { at, freshLedger } from '../support.ts';

const visitsOf = (ledger: Ledger, surveyId: string): Promise<VisitCount[]> =>
  ledger.read((db) => visitsIn(db, surveyId));

test('visits are counted by survey and kind, with the first and the last, in whichever order', async () => {
  const ledger = await freshLedger();
  await recordVisits(ledger, [
    { surveyId: 's1', kind: 'opened', at: at(20) },
    { surveyId: 's1', kind: 'opened', at: at(10) },
    { surveyId: 's1', kind: 'scanner', at: at(5) },
    { surveyId: 's2', kind: 'clicked', at: at(1) },
  ]);
  await recordVisits(ledger, [{ surveyId: 's1', kind: 'opened', at: at(30) }]);
  await recordVisits(ledger, []);
  expect(await visitsOf(ledger, 's1')).toEqual([
    { kind: 'opened', count: 3, firstAt: at(10), lastAt: at(30) },
    { kind: 'scanner', count: 1, firstAt: at(5), lastAt: at(5) },
  ]);
  expect(await visitsOf(ledger, 's3')).toEqual([]);
});

test('however often a survey is visited, it has one row a kind', async () => {
  const ledger = await freshLedger();
  const visit = { surveyId: 's1', kind: 'opened', at: at(0) } as const;
  await Promise.all(Array.from({ length: 20 }, () => recordVisits(ledger, [visit, visit])));
  const rows = await ledger.read((db) => db.selectFrom('visits').selectAll().execute());
  expect(rows).toMatchObject([{ count: 40 }]);
});
