import { expect, test } from 'vitest';
import type { MedalliaRow } from '../../src/domain/survey/medallia-row.ts';
import {
  keepMedalliaRows,
  medalliaCursor,
  medalliaRowsDue,
  finishMedalliaRow,
  unmatchedMedalliaRows,
} from '../../src/store/medallia/rows.ts';
import { at, freshLedger } from './support.ts';

const origin = 'https://api.stellaconnect.net';

function row(uuid: string, sequence: number, changes: Partial<MedalliaRow> = {}): MedalliaRow {
  return {
    uuid,
    sequence,
    interactionId: `closing of ${uuid}`,
    interactionUrl: null,
    isRecovery: false,
    channel: 'chat',
    requestedAt: at(0),
    sentAt: at(0),
    deliveredAt: null,
    deliveryStatus: 'Sent',
    answeredAt: null,
    rating: null,
    resolved: null,
    comment: null,
    isOnlyCounted: false,
    employee: { email: null, customId: null },
    customer: { email: 'kim@example.org', name: 'Kim Doe' },
    ...changes,
  };
}

test('the cursor never moves back, and an older change never replaces a newer one', async () => {
  const ledger = await freshLedger();
  expect(await medalliaCursor(ledger, origin)).toBe(0);
  await keepMedalliaRows(ledger, origin, [row('a', 9, { rating: 5, answeredAt: at(5) })], at(10));
  await keepMedalliaRows(ledger, origin, [row('a', 4), row('b', 3)], at(20));
  expect(await medalliaCursor(ledger, origin)).toBe(9);
  expect(await medalliaRowsDue(ledger, -1, 10)).toMatchObject([
    { uuid: 'b', sequence: 3 },
    { uuid: 'a', sequence: 9, rating: 5 },
  ]);
  expect(await medalliaCursor(ledger, 'https://acme.api.stellaconnect.net')).toBe(0);
});

test('a row that changed while it was worked on stays due, and one that was settled keeps no comment', async () => {
  const ledger = await freshLedger();
  await keepMedalliaRows(ledger, origin, [row('a', 1, { comment: 'Slow.' })], at(10));
  const [read] = await medalliaRowsDue(ledger, -1, 10);
  await keepMedalliaRows(ledger, origin, [row('a', 2, { comment: 'Fine.' })], at(20));
  await finishMedalliaRow(ledger, read!, null);
  expect(await medalliaRowsDue(ledger, -1, 10)).toMatchObject([{ sequence: 2, comment: 'Fine.' }]);
  await finishMedalliaRow(ledger, { uuid: 'a', sequence: 2 }, null);
  expect(await medalliaRowsDue(ledger, -1, 10)).toEqual([]);
  expect(await unmatchedMedalliaRows(ledger, 10)).toMatchObject([{ uuid: 'a', comment: null }]);
});

test('of many rows each is kept, and nothing of the customer goes to disk', async () => {
  const ledger = await freshLedger();
  const rows = Array.from({ length: 1234 }, (_, number) => row(`row ${number}`, number + 1));
  await keepMedalliaRows(ledger, origin, rows, at(10));
  expect(await medalliaRowsDue(ledger, 0, 5000)).toHaveLength(1234);
  const stored = await ledger.read((db) => db.selectFrom('medallia_rows').selectAll().execute());
  expect(JSON.stringify(stored)).not.toMatch(/kim/i);
});
