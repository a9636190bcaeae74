import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import type { ExportRow } from '../../../src/documents/export.ts';
import { addNote } from '../../../src/store/answers/notes.ts';
import { beginCard, markCardPosted } from '../../../src/store/answers/cards.ts';
import { recordAnswer } from '../../../src/store/answers/answers.ts';
import { recordVisits } from '../../../src/store/answers/visits.ts';
import { recordClosings } from '../../../src/store/closings/closing-reports.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { exportHeading, exportLine } from '../../../src/terminal/export-rows.ts';
import { serialize } from '../../../src/terminal/json.ts';
import { exportRows } from '../../../src/workflow/operator/export.ts';
import { flattened, withoutGuard } from './flattened.ts';
import { at, evidence, freshLedger, leaving, moved, reported, scheduled } from '../../store/support.ts';

async function exported(ledger: Ledger, since = at(0), until = at(100)): Promise<ExportRow[]> {
  const rows: ExportRow[] = [];
  for await (const row of exportRows(ledger, { since, until }, at(500))) rows.push(row);
  return rows;
}

/** A closing about which everything is known, with this text wherever customers and agents choose the text. */
async function answered(ledger: Ledger, text: string): Promise<string> {
  const { id } = await leaving(ledger, 'c1', { address: 'kim@example.com' });
  const item = { itemId: 'i1', type: 'EMAIL', initiator: 'AGENT', at: at(-9), why: 'earlier response' };
  const considered = [
    { ...item, agentId: 'a2', agentName: text, counts: true },
    { ...item, agentId: 'a1', agentName: 'Ada', counts: true },
    { ...item, agentId: 'a2', agentName: text, counts: true },
    { ...item, agentId: 'a3', agentName: 'Bot', counts: false },
  ];
  const agent = { id: 'a1', name: 'Ada', email: 'ada@example.com' };
  const { conversation } = evidence('CLOSED');
  await moved(ledger, id, 'confirm', at(20), {
    sentAt: at(20),
    agent,
    customer: { id: 'k1', name: text, email: 'kim@example.com', phone: '+12025550142' },
    evidence: {
      conversation: {
        ...conversation,
        assignedAgentId: 'a9',
        assignedAgentName: text,
        inbox: { id: 'in1', name: text },
        topics: [
          { id: 't1', name: text },
          { id: 't2', name: null },
        ],
      },
      attribution: {
        agent,
        itemId: 'i1',
        itemType: 'EMAIL',
        channel: 'email',
        respondedAt: at(-9),
        confidence: 'exact',
        considered: considered.slice(0, 1),
        omitted: null,
      },
      timeline: { items: 4, truncated: false, considered, omitted: null },
      recordings: [],
    },
  });
  const surveyId = `survey-${id}`;
  await recordVisits(ledger, [{ surveyId, kind: 'opened', at: at(25) }]);
  for (const rating of [4, 2]) {
    const answer = {
      surveyId,
      closingId: id,
      rating,
      resolved: false,
      reason: text,
      comment: text,
      question: { kind: 'text', text, answer: text } as const,
      at: at(30),
      source: 'page',
    };
    await recordAnswer(ledger, answer);
  }
  const card = { itemId: 'card2', surveyId, revision: 2, customerId: 'k1', body: '{}' };
  await beginCard(ledger, card);
  await markCardPosted(ledger, card, at(40));
  await addNote(ledger, id, { at: at(50), text, done: false });
  await addNote(ledger, id, { at: at(60), text: 'called', done: true });
  return id;
}

test('a row has everything that is known of a closing, and trials are left out', async () => {
  const ledger = await freshLedger();
  const id = await answered(ledger, 'Kim');
  await scheduled(ledger, 'c1', { provider: 'outbox' });
  await reported(ledger, 'c2', 10);
  await reported(ledger, 'before', -10);
  await reported(ledger, 'after', 100);
  const rows = await exported(ledger);
  expect(rows).toEqual([
    {
      closingId: id,
      conversationId: 'c1',
      closedAt: at(0),
      state: 'answered',
      reasons: [],
      customer: { id: 'k1', name: 'Kim', email: 'kim@example.com', phone: '+12025550142' },
      agent: { id: 'a1', name: 'Ada', email: 'ada@example.com' },
      respondedAt: at(-9),
      channel: 'email',
      assignee: { id: 'a9', name: 'Kim' },
      responders: [
        { id: 'a2', name: 'Kim' },
        { id: 'a1', name: 'Ada' },
      ],
      inbox: { id: 'in1', name: 'Kim' },
      topics: [
        { id: 't1', name: 'Kim' },
        { id: 't2', name: null },
      ],
      brand: null,
      survey: {
        id: `survey-${id}`,
        provider: 'smtp',
        sentAt: at(20),
        openedAt: at(25),
        remindedAt: null,
      },
      answer: {
        rating: 2,
        resolved: false,
        reason: 'Kim',
        comment: 'Kim',
        question: { kind: 'text', text: 'Kim', answer: 'Kim' },
        answeredAt: at(30),
        revision: 2,
      },
      card: { itemId: 'card2', postedAt: at(40) },
      imported: null,
      medallia: null,
      notes: [
        { at: at(50), text: 'Kim', done: false },
        { at: at(60), text: 'called', done: true },
      ],
    },
    {
      closingId: `c2@${at(10)}`,
      conversationId: 'c2',
      closedAt: at(10),
      state: 'pending',
      reasons: [],
      customer: { id: 'customer of c2', name: null, email: null, phone: null },
      agent: null,
      respondedAt: null,
      channel: null,
      assignee: null,
      responders: [],
      inbox: null,
      topics: [],
      brand: null,
      survey: null,
      answer: null,
      card: null,
      imported: null,
      medallia: null,
      notes: [],
    },
  ]);
});

test.each([
  '=HYPERLINK("https://evil.example","x")',
  '+1',
  '-1',
  '@SUM(1)',
  ' =1',
  '\uFF1D1',
  '=a,"b"\n=c',
  'plain',
])('the CSV says the same as the JSON lines, and %j is no formula in it', async (text) => {
  const ledger = await freshLedger();
  await answered(ledger, text);
  await reported(ledger, 'c2', 10);
  const rows = await exported(ledger);
  const csv = exportHeading() + rows.map(exportLine).join('');
  const records: Record<string, string>[] = parse(csv, { columns: true });
  for (const cell of records.flatMap((record) => Object.values(record))) {
    expect(cell).not.toMatch(/^\s*[=+\-@\uFF1D]/u);
  }
  const lines = rows.map((row) => JSON.parse(serialize(row)) as Record<string, unknown>);
  expect(records.map(withoutGuard)).toEqual(lines.map(flattened));
});

test('pages go on where the one before ended, also within one moment', async () => {
  const ledger = await freshLedger();
  await recordClosings(
    ledger,
    Array.from({ length: 601 }, (_, number) => ({
      lane: 'live' as const,
      conversationId: `c${String(number).padStart(3, '0')}`,
      customerId: null,
      closedAt: at(number < 450 ? 5 : 6),
      source: 'report' as const,
      seenAt: at(9),
    })),
  );
  const rows = await exported(ledger);
  expect(rows.map(({ conversationId }) => conversationId)).toEqual(
    Array.from({ length: 601 }, (_, number) => `c${String(number).padStart(3, '0')}`),
  );
});
