import { expect, test } from 'vitest';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { exportClosings, type ExportRange } from '../../../src/store/views/export.ts';
import { at, freshLedger, leaving, moved, reported } from '../support.ts';

async function exported(ledger: Ledger, more: Partial<ExportRange> = {}): Promise<string[]> {
  const range = { lane: 'live', since: at(0), until: at(900), answered: null, ...more } as const;
  const found: string[] = [];
  for await (const { closing } of exportClosings(ledger, range, at(900))) found.push(closing.conversationId);
  return found;
}

async function sent(ledger: Ledger, conversationId: string): Promise<string> {
  const { id } = await leaving(ledger, conversationId);
  await moved(ledger, id, 'confirm', at(20), { sentAt: at(20) });
  return id;
}

function answer(ledger: Ledger, closingId: string, second: number, rating = 3): Promise<unknown> {
  return recordAnswer(ledger, {
    surveyId: `survey-${closingId}`,
    closingId,
    rating,
    resolved: null,
    comment: null,
    at: at(second),
    source: 'page',
  });
}

test('answers of a time come in their own order, each closing by its newest one', async () => {
  const ledger = await freshLedger();
  const first = await sent(ledger, 'first');
  const changed = await sent(ledger, 'changed');
  await sent(ledger, 'silent');
  await reported(ledger, 'waiting', 5);
  await answer(ledger, changed, 30);
  await answer(ledger, first, 40);
  await answer(ledger, changed, 50, 4);
  const between = (since: number, until: number): Promise<string[]> =>
    exported(ledger, { answered: { since: at(since), until: at(until) } });
  expect(await exported(ledger)).toHaveLength(4);
  expect(await between(0, 900)).toEqual(['first', 'changed']);
  expect(await between(30, 50)).toEqual(['first']);
  expect(await between(40, 41)).toEqual(['first']);
  expect(await between(41, 50)).toEqual([]);
  expect(await between(50, 51)).toEqual(['changed']);
  const answered = { since: at(0), until: at(900) };
  expect(await exported(ledger, { answered, since: at(1) })).toEqual([]);
  expect(await exported(ledger, { answered, until: at(0) })).toEqual([]);
  expect(await exported(ledger, { answered, lane: 'trial' })).toEqual([]);
});

test('no answer is lost or doubled between two pages, although many came at once', async () => {
  const ledger = await freshLedger();
  const count = 401;
  await ledger.write('ledger', async (trx) => {
    for (let number = 0; number < count; number += 1) {
      const id = `c${String(number).padStart(4, '0')}`;
      await trx
        .insertInto('closings')
        .values({
          id,
          conversation_id: id,
          lane: 'live',
          // The closings are not in the order of the answers.
          closed_at: at(count - number),
          first_seen_at: at(0),
          source: 'report',
          state: 'answered',
          state_at: at(0),
          queued: 0,
          attempts: 0,
          reasons: '[]',
          reason_codes: '',
          survey_id: `s-${id}`,
        })
        .execute();
      await trx
        .insertInto('answers')
        .values({
          survey_id: `s-${id}`,
          revision: 1,
          closing_id: id,
          rating: 5,
          answered_at: at(500 + Math.floor(number / 150)),
          source: 'page',
        })
        .execute();
    }
  });
  const found = await exported(ledger, { answered: { since: at(500), until: at(900) } });
  expect(found).toEqual(Array.from({ length: count }, (_, number) => `c${String(number).padStart(4, '0')}`));
});
