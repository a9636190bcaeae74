import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReportCounts } from '../../../src/documents/report.ts';
import { reportFields, type ReportField } from '../../../src/domain/scores/report-parts.ts';
import { lowRatedAnswers } from '../../../src/workflow/scores/low-ratings.ts';
import { filtersOf } from '../../../src/workflow/scores/filters.ts';
import { reportOf, type ReportQuestion } from '../../../src/workflow/scores/report.ts';
import { noFilters } from '../../support/no-filters.ts';
import { addNote } from '../../../src/store/answers/notes.ts';
import { bindOrganization } from '../../../src/store/organization.ts';
import { freshLedger } from '../../store/support.ts';
import { anyClosing, filled, rangeOfAny, type ReportedClosing } from './reported-closings.ts';

const question: ReportQuestion = {
  range: { since: '2026-11-20T00:00:00.000Z', until: '2026-11-27T00:00:00.000Z' },
  timezone: 'UTC',
  by: [],
  filters: noFilters,
  minimum: 10,
  satisfiedFrom: 4,
  lowRating: 2,
  withPrevious: false,
  withCredit: false,
};

const brief = ({ closed, suppressed, waiting, asked, opened, answered, unasked }: ReportCounts) => ({
  closed,
  suppressed,
  waiting,
  asked,
  opened,
  answered,
  unasked,
});

test('every state counts where the definitions say', async () => {
  const ledger = await filled([
    { state: 'pending', provider: null },
    { state: 'scheduled' },
    { state: 'failed' },
    { state: 'suppressed', provider: null, reasons: ['no_address', 'opt_out_topic'] },
    { state: 'suppressed', provider: null, reasons: ['no_address'] },
    { state: 'sending' },
    { state: 'sent', visits: ['scanner'] },
    { state: 'sent', visits: ['clicked', 'opened', 'scanner'] },
    { state: 'uncertain', visits: ['opened'] },
    // The newest answer counts, once.
    { state: 'answered', ratings: [1, 5], resolved: true, visits: ['opened'] },
    { state: 'answered', ratings: [3], resolved: false },
    { state: 'answered', provider: null, ratings: [4] },
    // If a closing is decided again, an earlier answer is not the customer's last word on it.
    { state: 'pending', provider: null, ratings: [2] },
    { state: 'answered', lane: 'trial', provider: 'outbox', ratings: [1] },
    { state: 'sent', closedAt: '2026-11-27T00:00:00.000Z' },
    { state: 'sent', closedAt: '2026-11-19T23:59:59.999Z' },
  ]);
  const { overall, reasons, rows } = await reportOf(ledger, question);
  expect(brief(overall)).toEqual({
    closed: 13,
    suppressed: 2,
    waiting: 4,
    asked: 6,
    opened: 4,
    answered: 2,
    unasked: 1,
  });
  expect(overall.responseRate).toMatchObject({ of: 6, count: 2 });
  expect(overall.csat).toMatchObject({ of: 3, count: 2 });
  expect(overall.mean).toBe(4);
  expect(overall.distribution).toEqual({ '1': 0, '2': 0, '3': 1, '4': 1, '5': 1 });
  expect(overall.resolved).toEqual({ yes: 1, no: 1, unsaid: 1 });
  expect(reasons).toEqual({ no_address: 2, opt_out_topic: 1 });
  expect(rows).toEqual([]);
  expect((await reportOf(ledger, { ...question, satisfiedFrom: 3 })).overall.csat.count).toBe(3);
});

test('an empty range has no shares', async () => {
  const report = await reportOf(await freshLedger(), { ...question, by: ['day'], withPrevious: true });
  expect(report.rows).toEqual([]);
  expect(report.overall).toMatchObject({ closed: 0, mean: null, csat: { of: 0, value: null, low: null } });
  expect(report.previous?.change).toEqual({ value: null, low: null, high: null });
});

test('rows have the names of the ledger, in their order; without a name the id, and without any last', async () => {
  const ledger = await filled(
    ['a2', 'a1', null, 'a3', 'a1'].map((agent) => ({ state: 'answered', agent, ratings: [5] })),
  );
  await ledger.write('ledger', (trx) =>
    trx
      .insertInto('names')
      .values([
        { kind: 'agent', id: 'a1', name: 'Zoe', email: 'zoe@example.com' },
        { kind: 'agent', id: 'a2', name: 'Ada', email: null },
        { kind: 'inbox', id: 'a3', name: 'not an agent', email: null },
      ])
      .execute(),
  );
  const { rows } = await reportOf(ledger, { ...question, by: ['agent'], minimum: 2 });
  expect(rows.map(({ key, closed, differs }) => [key.agent, closed, differs])).toEqual([
    [{ id: 'a3', name: null, email: null }, 1, 'too_few'],
    [{ id: 'a2', name: 'Ada', email: null }, 1, 'too_few'],
    [{ id: 'a1', name: 'Zoe', email: 'zoe@example.com' }, 2, 'no'],
    [null, 1, 'too_few'],
  ]);
});

test('rows differ from all other answers, and times and reasons are not compared', async () => {
  const ledger = await filled(
    Array.from({ length: 90 }, (_, index) => ({
      state: 'answered',
      agent: `a${index % 3}`,
      ratings: [index % 3 === 0 || index % 6 === 1 ? 5 : 1],
    })),
  );
  const verdicts = async (by: ReportField[]) =>
    (await reportOf(ledger, { ...question, by })).rows.map(({ differs }) => differs);
  expect(await verdicts(['agent'])).toEqual(['above', 'no', 'below']);
  expect(await verdicts(['agent', 'week'])).toEqual([null, null, null]);
  expect(await verdicts(['reason'])).toEqual([null]);
});

test('a low response rate is marked where chance does not explain it, and never of few', async () => {
  const asked = (inbox: string, of: number, answered: number): ReportedClosing[] =>
    Array.from({ length: of }, (_, index) =>
      index < answered ? { state: 'answered', inbox, ratings: [5] } : { state: 'sent', inbox },
    );
  const ledger = await filled([
    ...asked('chat', 40, 4),
    ...asked('email', 40, 24),
    ...asked('few', 9, 0),
    ...asked('voice', 40, 18),
    // Nobody was surveyed, so nothing lowers the rate.
    ...Array.from({ length: 20 }, () => ({ state: 'suppressed', inbox: 'none', provider: null }) as const),
  ]);
  const verdicts = async (more: Partial<ReportQuestion>) => {
    const { rows } = await reportOf(ledger, { ...question, ...more });
    return rows.map((row) => row.responseDiffers);
  };
  expect(await verdicts({ by: ['inbox'] })).toEqual(['below', 'above', 'too_few', 'too_few', 'no']);
  expect(await verdicts({ by: ['inbox'], minimum: 9 })).toEqual(['below', 'above', 'below', 'too_few', 'no']);
  expect(await verdicts({ by: ['inbox'], minimum: 41 })).toEqual(Array(5).fill('too_few'));
  expect(await verdicts({ by: ['day'] })).toEqual([null]);
  expect(await verdicts({ by: ['reason'] })).toEqual([null]);
  expect(await verdicts({})).toEqual([]);
});

test('a closing counts in each of its topics, and those without one are a row', async () => {
  const ledger = await filled([
    { state: 'sent', topics: ['t1', 't2'] },
    { state: 'answered', topics: ['t2'], ratings: [5] },
    { state: 'sent' },
  ]);
  const report = await reportOf(ledger, { ...question, by: ['topic'] });
  expect(report.overlapping).toBe(true);
  expect(report.rows.map(({ key, closed }) => [key.topic?.id ?? null, closed])).toEqual([
    ['t1', 1],
    ['t2', 2],
    [null, 1],
  ]);
  expect(report.overall.closed).toBe(3);
  const filters = { ...noFilters, topics: ['t1', 't2'].map((id) => ({ id, name: null })) };
  expect((await reportOf(ledger, { ...question, filters })).overall.closed).toBe(2);
});

test('the range before is as long, and the change has the sign of what became of it', async () => {
  const ledger = await filled([
    { state: 'answered', ratings: [5], closedAt: '2026-11-20T00:00:00.000Z' },
    { state: 'answered', ratings: [1], closedAt: '2026-11-19T23:59:59.999Z' },
    { state: 'answered', ratings: [5], closedAt: '2026-11-13T00:00:00.000Z' },
    { state: 'answered', ratings: [1], closedAt: '2026-11-12T23:59:59.999Z' },
  ]);
  const { previous } = await reportOf(ledger, { ...question, withPrevious: true });
  expect(previous).toMatchObject({
    range: { since: '2026-11-13T00:00:00.000Z', until: '2026-11-20T00:00:00.000Z', timezone: 'UTC' },
    overall: { closed: 2, csat: { of: 2, count: 1 } },
    change: { value: 0.5 },
  });
});

test('who would get the ratings by the assignee', async () => {
  const answered = (agent: string | null, assignee: string | null): ReportedClosing => ({
    state: 'answered',
    agent,
    assignee,
    ratings: [5],
  });
  const ledger = await filled([
    answered('a1', 'a1'),
    answered('a1', 'a2'),
    answered('a1', 'a2'),
    answered('a2', 'a1'),
    answered('a2', null),
    answered(null, 'a1'),
    { state: 'sent', agent: 'a1', assignee: 'a2' },
  ]);
  const { credit } = await reportOf(ledger, { ...question, withCredit: true });
  const name = (id: string) => ({ id, name: null });
  expect(credit).toEqual({
    answers: 6,
    moved: 4,
    unassigned: 1,
    pairs: [
      { responder: name('a1'), assignee: name('a2'), answers: 2 },
      { responder: null, assignee: name('a1'), answers: 1 },
      { responder: name('a2'), assignee: name('a1'), answers: 1 },
    ],
  });
});

test('low ratings with a comment have a link, and the newest come first', async () => {
  const low = (id: string, day: number, more: Partial<ReportedClosing> = {}): ReportedClosing => ({
    id,
    state: 'answered',
    closedAt: `2026-11-${day}T12:00:00.000Z`,
    ratings: [2],
    comment: `about ${id}`,
    agent: 'a1',
    ...more,
  });
  const ledger = await filled([
    low('first', 21),
    low('second', 22),
    low('better since', 23, { ratings: [1, 3] }),
    low('silent', 23, { comment: '' }),
    low('older', 10),
    low('third', 24, { resolved: false }),
  ]);
  await bindOrganization(ledger, {
    organizationId: 'o1',
    hostKind: 'com',
    origin: 'https://acme.gladly.com',
  });
  const policy = { lowRating: 2, conversationLink: '{origin}/c/{customerId}/{conversationId}' };
  const answers = await lowRatedAnswers(ledger, question, policy, 2);
  expect(answers).toMatchObject([
    {
      conversationId: 'third',
      conversationUrl: 'https://acme.gladly.com/c/customer-third/third',
      agent: { id: 'a1', name: null },
      rating: 2,
      resolved: false,
      comment: 'about third',
    },
    { conversationId: 'second', resolved: null },
  ]);
});

test('filters find ids, names in any spelling, and emails, and say what is near', async () => {
  const ledger = await filled([
    { state: 'sent', agent: 'a9', inbox: 'i1', topics: ['t1'], brand: 'North' },
    { state: 'sent', agent: 'a1' },
  ]);
  await ledger.write('ledger', (trx) =>
    trx
      .insertInto('names')
      .values([
        { kind: 'agent', id: 'a1', name: 'Ana Ruiz', email: 'ana@example.com' },
        { kind: 'agent', id: 'a2', name: 'Bo Chen', email: null },
        { kind: 'agent', id: 'a3', name: 'Bo Chen', email: null },
        { kind: 'agent', id: 'a4', name: 'Cy Diaz', email: 'cy@bücher.example' },
        // Gladly does not list this agent: the id is the address from an import.
        { kind: 'agent', id: 'eve@xn--bcher-kva.example', name: 'Eve', email: null },
        { kind: 'inbox', id: 'i1', name: 'Orders', email: null },
      ])
      .execute(),
  );
  const given = { agents: [], inboxes: [], topics: [], channels: [], brands: [] };
  const agents = async (...texts: string[]) =>
    (await filtersOf(ledger, { ...given, agents: texts })).agents.map(({ id }) => id);
  expect(await agents('ana  RUIZ', 'ANA@example.com', 'a1')).toEqual(['a1']);
  for (const spelling of ['cy@xn--bcher-kva.example', 'CY@bu\u0308cher.example.', 'cy＠bücher.example'])
    expect(await agents(spelling), spelling).toEqual(['a4']);
  expect(await agents('Eve <eve@bücher.example>')).toEqual(['eve@xn--bcher-kva.example']);
  expect(await agents('Bo Chen', 'a9')).toEqual(['a2', 'a3', 'a9']);
  expect(
    await filtersOf(ledger, {
      ...given,
      inboxes: ['orders'],
      topics: ['t1'],
      channels: ['FBMessenger'],
      brands: ['north'],
    }),
  ).toEqual({
    agents: [],
    inboxes: [{ id: 'i1', name: 'Orders' }],
    topics: [{ id: 't1', name: null }],
    channels: ['fbMessenger'],
    brands: ['North'],
    imported: 'with',
  });
  const refused = (filters: Partial<typeof given> | Record<string, string[]>) =>
    filtersOf(ledger, { ...given, ...filters }).catch((error: unknown) => error);
  expect(await refused({ agents: ['Ana Riuz'] })).toMatchObject({
    kind: 'usage',
    code: 'agent_unknown',
    hint: "Did you mean 'Ana Ruiz'?",
  });
  expect(await refused({ agents: ['chen'] })).toMatchObject({ hint: "Did you mean 'Bo Chen'?" });
  expect(await refused({ inboxes: ['zzzzzz'] })).toMatchObject({
    hint: "Give an id or a name, e.g. 'Orders'.",
  });
  expect(await refused({ channels: ['mail'] })).toMatchObject({
    code: 'channel_unknown',
    hint: "Did you mean 'email'?",
  });
  expect(await refused({ topics: ['x'] })).toMatchObject({ hint: 'The ledger knows no topic yet.' });
});

/** Everything that may be added up, or null if a row has none. */
function sums(rows: readonly ReportCounts[]) {
  const add = (pick: (row: ReportCounts) => number): number => rows.reduce((sum, row) => sum + pick(row), 0);
  return {
    ...Object.fromEntries(
      (Object.keys(brief(rows[0]!)) as (keyof ReturnType<typeof brief>)[]).map((name) => [
        name,
        add((row) => row[name]),
      ]),
    ),
    of: add(({ csat }) => csat.of),
    count: add(({ csat }) => csat.count),
    ratings: ['1', '2', '3', '4', '5'].map((rating) =>
      add(({ distribution }) => distribution[rating as '1' | '2' | '3' | '4' | '5']),
    ),
    resolved: [
      add(({ resolved }) => resolved.yes),
      add(({ resolved }) => resolved.no),
      add(({ resolved }) => resolved.unsaid),
    ],
  };
}

test('under every filter and grouping the rows add up to the total, except by topic', async () => {
  const chosen = (...ids: string[]) =>
    fc
      .uniqueArray(fc.constantFrom(...ids), { maxLength: 1 })
      .map((some) => some.map((id) => ({ id, name: null })));
  const fields = reportFields.filter((field) => field !== 'topic');
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyClosing, { minLength: 1, maxLength: 25 }),
      fc.record({ agents: chosen('a1', 'a2'), inboxes: chosen('i1'), topics: chosen('t1', 't2') }),
      async (rows, filters) => {
        const ledger = await filled(rows);
        const groupings: ReportField[][] = [
          ...fields.map((field) => [field]),
          ...fields.flatMap((first) =>
            fields.filter((second) => second > first).map((second) => [first, second]),
          ),
        ];
        const asked = {
          ...question,
          timezone: 'America/Chicago',
          range: rangeOfAny,
          filters: { ...noFilters, ...filters },
        };
        const { overall } = await reportOf(ledger, asked);
        const { closed, suppressed, waiting, asked: out, unasked, csat } = overall;
        for (const by of [...groupings, ['topic']] satisfies ReportField[][]) {
          const report = await reportOf(ledger, { ...asked, by });
          expect(report.overall).toEqual(overall);
          expect(suppressed + waiting + out + unasked).toBe(closed);
          expect(csat.of).toBeLessThanOrEqual(overall.answered + unasked);
          if (by[0] === 'topic') continue;
          if (closed === 0) expect(report.rows).toEqual([]);
          else expect([by, sums(report.rows)]).toEqual([by, sums([overall])]);
          const keys = report.rows.map(({ key }) => JSON.stringify(key));
          expect(new Set(keys).size).toBe(keys.length);
        }
      },
    ),
    { numRuns: 15 },
  );
});

test('low ratings are open until a later note says that they are done', async () => {
  const ledger = await filled([
    { id: 'open', state: 'answered', ratings: [2] },
    { id: 'noted', state: 'answered', ratings: [1] },
    { id: 'done', state: 'answered', ratings: [4, 1] },
    { id: 'changed', state: 'answered', ratings: [1, 5] },
    { id: 'stale', state: 'answered', ratings: [1] },
    { id: 'forgotten', state: 'answered', ratings: [2] },
  ]);
  await ledger.write('ledger', (trx) =>
    trx
      .updateTable('closings')
      .set({ forgotten_at: '2026-11-23T12:00:00.000Z' })
      .where('id', '=', 'forgotten')
      .execute(),
  );
  const noted = [
    ['noted', '2026-11-22T13:00:00.000Z', false],
    ['done', '2026-11-22T12:30:00.000Z', true],
    ['done', '2026-11-22T15:00:00.000Z', true],
    ['stale', '2026-11-22T11:00:00.000Z', true],
  ] as const;
  for (const [id, at, done] of noted) await addNote(ledger, id, { at, text: 'called', done });
  const { followUp, overall } = await reportOf(ledger, question);
  expect(followUp).toEqual({ lowRating: 2, open: 3, done: 1, forgotten: 1, medianSeconds: 1800 });
  // The distribution has the same low ratings.
  expect(overall.distribution['1'] + overall.distribution['2']).toBe(5);
});

test('nothing is noted about a customer who was forgotten', async () => {
  const ledger = await filled([{ id: 'gone', state: 'answered', ratings: [1] }]);
  const forgotten_at = '2026-11-23T12:00:00.000Z';
  await ledger.write('ledger', (trx) => trx.updateTable('closings').set({ forgotten_at }).execute());
  const note = { at: '2026-11-24T12:00:00.000Z', text: 'Kim called', done: true };
  await expect(addNote(ledger, 'gone', note)).rejects.toMatchObject({ code: 'closing_forgotten' });
  expect(await ledger.read((db) => db.selectFrom('notes').selectAll().execute())).toEqual([]);
});

describe('what customers answered besides their ratings', () => {
  const scale = (answer: number): Partial<ReportedClosing> => ({
    question: { kind: 'scale', text: 'Again?', answer },
  });
  const answered = (rating: number, more: Partial<ReportedClosing> = {}): ReportedClosing => ({
    state: 'answered',
    ratings: [rating],
    ...more,
  });

  test('reasons are counted of low ratings alone, of the newest answers, and add up', async () => {
    const ledger = await filled([
      answered(1, { reason: 'Slow reply' }),
      answered(2, { reason: 'Slow reply' }),
      answered(2, { reason: 'Unfriendly' }),
      answered(1),
      answered(5),
      // Low when the survey was sent, but not by what the profile says now.
      answered(3, { reason: 'Unfriendly' }),
      { state: 'answered', ratings: [1, 4], reason: 'Slow reply' },
      answered(1, { reason: 'Slow reply', lane: 'trial' }),
      answered(1, { reason: 'Slow reply', closedAt: '2026-10-01T00:00:00.000Z' }),
      { state: 'sent' },
    ]);
    const { lowReasons } = await reportOf(ledger, question);
    expect(lowReasons).toMatchObject({
      lowRating: 2,
      of: 4,
      unsaid: 1,
      reasons: [
        { reason: 'Slow reply', count: 2, of: 4, value: 0.5 },
        { reason: 'Unfriendly', count: 1, of: 4, value: 0.25 },
      ],
    });
    expect(lowReasons.reasons[0]?.low).toBeCloseTo(0.15, 2);
    expect((await reportOf(ledger, { ...question, lowRating: 3 })).lowReasons).toMatchObject({
      of: 5,
      reasons: [{ count: 2 }, { reason: 'Unfriendly', count: 2 }],
    });
  });

  test('a scale has all its numbers and a mean, a choice its options, and words their count', async () => {
    const choice = (answer: string | null): Partial<ReportedClosing> => ({
      question: { kind: 'choice', text: 'Where?', answer },
    });
    const ledger = await filled([
      ...[0, 9, 9, 10].map((answer) => answered(5, scale(answer))),
      ...['Search', 'A friend', 'Search'].map((answer) => answered(4, choice(answer))),
      answered(4, { question: { kind: 'text', text: 'Why?', answer: 'because' } }),
      // From a customer who was forgotten.
      answered(4, { question: { kind: 'text', text: 'Why?', answer: null } }),
      answered(4),
    ]);
    const [first, second, third, ...others] = (await reportOf(ledger, question)).questions;
    expect(first).toMatchObject({ kind: 'scale', text: 'Again?', answers: 4, mean: 7 });
    expect(first?.distribution.map(({ answer, count }) => [answer, count])).toEqual(
      [1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1].map((count, number) => [number, count]),
    );
    expect(second).toMatchObject({
      kind: 'choice',
      answers: 3,
      mean: null,
      distribution: [
        { answer: 'Search', count: 2, of: 3 },
        { answer: 'A friend', count: 1, of: 3 },
      ],
    });
    expect(third).toEqual({ kind: 'text', text: 'Why?', answers: 2, mean: null, distribution: [] });
    expect(others).toEqual([]);
  });

  test('filters choose them as they choose ratings', async () => {
    const ledger = await filled([
      answered(1, { reason: 'Slow reply', channel: 'email', ...scale(3) }),
      answered(1, { reason: 'Unfriendly', channel: 'chat', ...scale(4) }),
    ]);
    const filters = { ...noFilters, channels: ['chat'] };
    const report = await reportOf(ledger, { ...question, filters });
    expect(report.lowReasons.reasons).toMatchObject([{ reason: 'Unfriendly', of: 1 }]);
    expect(report.questions).toMatchObject([{ answers: 1, mean: 4 }]);
  });

  test('there is nothing where nobody was asked', async () => {
    const report = await reportOf(await filled([answered(5)]), question);
    expect(report.lowReasons).toEqual({ lowRating: 2, of: 0, unsaid: 0, reasons: [] });
    expect(report.questions).toEqual([]);
  });
});
