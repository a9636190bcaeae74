import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect, test } from 'vitest';
import { addressKey } from '../../../src/domain/eligibility/addresses.ts';
import { addressHistory } from '../../../src/store/addresses/history.ts';
import { isUnsubscribed, listUnsubscribes } from '../../../src/store/addresses/unsubscribes.ts';
import { opened, temporaryFile } from '../support.ts';

test('a ledger that kept domains as they were written still knows who was asked and who unsubscribed', async () => {
  const path = temporaryFile();
  const database = new DatabaseSync(path);
  database.exec(readFileSync(join(import.meta.dirname, '../version-4.sql'), 'utf8'));
  database.exec(`
    UPDATE closings SET address = 'kim@bücher.example' WHERE conversation_id = 'live-sent';
    DELETE FROM unsubscribes;
    INSERT INTO unsubscribes (address, at, source) VALUES
      ('lee@bücher.example', '2026-11-01T00:00:00.000Z', 'page'),
      ('ann@bu\u0308cher.example', '2026-11-02T00:00:00.000Z', 'page'),
      ('ann@xn--bcher-kva.example', '2026-11-03T00:00:00.000Z', 'operator'),
      ('max@xn--bcher-kva.example', '2026-10-03T00:00:00.000Z', 'operator'),
      ('max@bu\u0308cher.example', '2026-10-02T12:00:00.000Z', 'page'),
      ('max@bücher.example', '2026-10-02T00:00:00.000Z', 'operator'),
      ('jo@example.com', '2026-11-04T00:00:00.000Z', 'page')`);
  database.close();

  const ledger = await opened(path);
  const question = { since: '2000-01-01T00:00:00.000Z', lane: 'live', except: null } as const;
  for (const spelling of ['kim@bücher.example', 'kim@xn--bcher-kva.example', 'Kim@bu\u0308cher.example']) {
    const { others } = await addressHistory(ledger, { ...question, address: addressKey(spelling) });
    expect(others, spelling).toMatchObject([{ conversationId: 'live-sent', state: 'sent' }]);
  }
  for (const spelling of ['lee@xn--bcher-kva.example', 'ann@bücher.example', 'jo@example.com']) {
    expect(await isUnsubscribed(ledger, addressKey(spelling)), spelling).toBe(true);
  }
  // Where spellings meet, the first time counts.
  expect(await listUnsubscribes(ledger)).toEqual([
    { address: 'jo@example.com', at: '2026-11-04T00:00:00.000Z', source: 'page' },
    { address: 'ann@xn--bcher-kva.example', at: '2026-11-02T00:00:00.000Z', source: 'page' },
    { address: 'lee@xn--bcher-kva.example', at: '2026-11-01T00:00:00.000Z', source: 'page' },
    { address: 'max@xn--bcher-kva.example', at: '2026-10-02T00:00:00.000Z', source: 'operator' },
  ]);
});
