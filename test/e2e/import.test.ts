import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { closedConversation, surveysOf, testGladly, type TestGladly } from '../support/gladly.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';

const day = 86_400_000;
const agent = 'amara.lindqvist@haldenrook.example.com';
const heading =
  'ext_interaction_id,external_url,request_sent_at,request_sent_to,request_delivery_status,star_rating,comments,response_received_at,employee_email';

const ago = (milliseconds: number): string => new Date(Date.now() - milliseconds).toISOString();

interface Row {
  conversation: string;
  url?: string;
  sent?: string;
  to?: string;
  status?: string;
  rating?: number;
  comment?: string;
  answered?: string;
  by?: string;
}

function csv(...rows: Row[]): string {
  const lines = rows.map((row) =>
    [
      row.conversation,
      row.url ?? '',
      row.sent ?? '',
      row.to ?? '',
      row.status ?? 'Sent',
      row.rating ?? '',
      row.comment ?? '',
      row.answered ?? '',
      row.by ?? agent,
    ].join(','),
  );
  return [heading, ...lines, ''].join('\n');
}

interface Setup extends TestGladly {
  file: (text: string, name?: string) => string;
}

async function setUp(): Promise<Setup> {
  const gladly = await testGladly();
  return {
    ...gladly,
    file(text, name = 'export.csv') {
      const path = join(gladly.env['GCSAT_DATA_DIR'] ?? '', '..', name);
      writeFileSync(path, text);
      return path;
    },
  };
}

test('whoever was asked there yesterday is not asked here today, and a dry run takes nothing', async () => {
  const gladly = await setUp();
  const { env, file } = gladly;
  const conversation = await closedConversation(gladly, 'kim@example.org');
  const path = file(csv({ conversation: 'earlier', sent: ago(day), to: 'Kim@Example.org' }));
  const tried = await runJsonInside(['import', path, '--dry-run'], { env });
  expect(tried).toMatchObject({ code: 0, document: { dryRun: true, taken: { asked: 1 } } });
  expect(await surveysOf(env)).toEqual([]);
  const { document } = await runJsonInside(['import', path], { env });
  expect(document).toMatchObject({ dryRun: false, rows: 1, taken: { asked: 1 }, unreadable: 0 });
  const replayed = await runJsonInside(['replay', '--', conversation], { env });
  expect(replayed.document).toMatchObject({
    outcome: 'suppressed',
    reasons: [{ code: 'recently_surveyed' }],
  });
  await runInside(['configure', 'set', 'suppressionDays=0'], { env });
  const later = await runJsonInside(['replay', '--', conversation], { env });
  expect(later.document).toMatchObject({ outcome: 'sent' });
});

test('an answer stands as imported, with its agent, without a card, and once', async () => {
  const gladly = await setUp();
  const { env, file } = gladly;
  const rows = [
    {
      conversation: 'c1',
      sent: ago(2 * day),
      to: 'kim@example.org',
      rating: 2,
      comment: 'Slow.',
      answered: ago(day),
    },
    {
      conversation: 'c2',
      sent: ago(3 * day),
      to: 'lee@example.org',
      by: 'left@acme.com',
      rating: 5,
      answered: ago(day),
    },
    { conversation: 'c3', sent: ago(day), to: 'max@example.org' },
  ];
  const path = file(csv(...rows));
  const first = await runJsonInside(['import', path], { env });
  expect(first.document).toMatchObject({
    taken: { answers: 2, changedAnswers: 0, asked: 1, notAsked: 0 },
    known: 0,
    unknownAgents: ['left@acme.com'],
  });
  const before = await surveysOf(env);
  expect(
    before.map(({ state, answer, agent: who, card, imported }) => ({ state, answer, who, card, imported })),
  ).toMatchObject([
    { state: 'suppressed', answer: null },
    {
      state: 'answered',
      answer: { rating: 2, comment: 'Slow.' },
      who: { email: agent },
      card: null,
      imported: expect.any(String),
    },
    { state: 'answered', answer: { rating: 5 }, who: { id: 'left@acme.com' } },
  ]);
  const again = await runJsonInside(['import', path], { env });
  expect(again.document).toMatchObject({ taken: { answers: 0, asked: 0 }, known: 3 });
  expect(await surveysOf(env)).toEqual(before);
  await runJsonInside(['sync'], { env });
  expect((await gladly.requests()).filter(({ method }) => method === 'POST')).toEqual([]);

  const count = async (...args: string[]): Promise<object> =>
    (await runJsonInside(['report', '--since', '10d', ...args], { env })).document.overall;
  expect(await count()).toMatchObject({ closed: 3, unasked: 2, suppressed: 1, asked: 0 });
  expect(await count('--imported', 'only')).toMatchObject({ closed: 3, unasked: 2 });
  expect(await count('--imported', 'without')).toMatchObject({ closed: 0 });
  const { stdout } = await runInside(['export', '--since', '10d', '--format', 'csv'], { env });
  expect(stdout).toMatch(/kim@example\.org.*Slow\./);

  const changed = { ...rows[0]!, rating: 4, comment: 'Better.', answered: ago(day / 2) };
  const third = await runJsonInside(['import', file(csv(changed))], { env });
  expect(third.document).toMatchObject({ taken: { changedAnswers: 1 } });
  // The older file does not undo anything.
  const fourth = await runJsonInside(['import', file(csv(...rows))], { env });
  expect(fourth.document).toMatchObject({ taken: { changedAnswers: 0 }, known: 3 });
  expect((await surveysOf(env))[1]).toMatchObject({ answer: { rating: 4, comment: 'Better.' } });
});

test('a closing that Agent Connect asked about is not asked about again, however it becomes known', async () => {
  const gladly = await setUp();
  const { env, file } = gladly;
  await runInside(['configure', 'set', 'suppressionDays=0'], { env });
  const [early, late] = [
    await closedConversation(gladly, 'kim@example.org'),
    await closedConversation(gladly, 'lee@example.org'),
  ];
  const soon = new Date(Date.now() + 5 * 60_000).toISOString();
  const link = `https://acme.gladly.com/customer/x/conversation/${early}`;
  const path = file(csv({ conversation: 'an id of ours', url: link, sent: soon, to: 'kim@example.org' }));
  expect((await runJsonInside(['import', path], { env })).document).toMatchObject({ taken: { asked: 1 } });
  for (const args of [
    ['replay', '--', early],
    ['attribute', '--', early],
  ]) {
    const { document } = await runJsonInside(args, { env });
    expect(document).toMatchObject({ outcome: 'suppressed', reasons: [{ code: 'already_surveyed' }] });
  }
  // The other way around: gcsat surveyed the closing, so what the file says about it is left out.
  expect((await runJsonInside(['replay', '--', late], { env })).document).toMatchObject({ outcome: 'sent' });
  const other = file(csv({ conversation: late, sent: soon, rating: 1, answered: soon }));
  expect((await runJsonInside(['import', other], { env })).document).toMatchObject({
    left: { surveyed_here: 1 },
    leftRows: [{ line: 2, code: 'surveyed_here' }],
  });
});

test('bad lines are told, and lose nothing', async () => {
  const { env, file } = await setUp();
  const text = csv({ conversation: 'c1', sent: ago(day), rating: 5, answered: ago(day) }).replace(
    '\n',
    '\n,,,,,,,,\nc9,,never,,,,,,\n',
  );
  const { code, document, stderr } = await runJsonInside(['import', file(text)], { env });
  expect(code).toBe(6);
  expect(document).toMatchObject({
    taken: { answers: 1 },
    unreadable: 2,
    unreadableRows: [
      { line: 2, why: 'it names no interaction' },
      { line: 3, why: 'request_sent_at is not a time' },
    ],
  });
  expect(stderr).toContain('2 of 3 rows could not be read');
  const shown = await runInside(['import', '--dry-run', file(text)], { env });
  expect(shown.stdout).toContain('line 3: request_sent_at is not a time');
  expect((await runInside(['import', file('a,b\n1,2\n')], { env })).code).toBe(2);
  expect((await runInside(['import', 'nowhere.csv'], { env })).code).toBe(2);
});

test('who unsubscribed there gets nothing here, and who is forgotten stays so', async () => {
  const gladly = await setUp();
  const { env, file } = gladly;
  const conversation = await closedConversation(gladly, 'kim@example.org');
  const path = file(
    csv(
      { conversation: 'c1', to: 'kim@example.org', status: 'Not sent: consumer unsubscribed' },
      {
        conversation: 'c2',
        sent: ago(day),
        to: 'lee@example.org',
        rating: 1,
        comment: 'secret',
        answered: ago(day),
      },
    ),
  );
  expect((await runJsonInside(['import', path], { env })).document).toMatchObject({
    unsubscribed: 1,
    left: { no_time: 1 },
  });
  expect((await runJsonInside(['replay', '--', conversation], { env })).document).toMatchObject({
    reasons: [{ code: 'unsubscribed' }],
  });
  expect((await runInside(['surveys', 'forget', '--yes', 'lee@example.org'], { env })).code).toBe(0);
  expect((await runJsonInside(['import', path], { env })).document).toMatchObject({ left: { forgotten: 1 } });
  const more = file(
    csv({
      conversation: 'c3',
      sent: ago(day),
      to: 'lee@example.org',
      rating: 2,
      comment: 'secret',
      answered: ago(day),
    }),
  );
  expect((await runJsonInside(['import', more], { env })).document).toMatchObject({ taken: { answers: 1 } });
  const { stdout } = await runInside(['surveys', 'list', '--jsonl'], { env });
  expect(stdout).not.toMatch(/secret|lee@/);
});

test('rows of Data Return and stdin are taken, and rows of our own requests are left to the pull', async () => {
  const gladly = await setUp();
  const { env } = gladly;
  const conversation = await closedConversation(gladly, 'kim@example.org');
  const { document } = await runJsonInside(['replay', '--', conversation], { env });
  const row = (uuid: string, interaction: string): string =>
    JSON.stringify({
      uuid,
      ext_interaction_id: interaction,
      request_created_at: ago(day),
      request_sent_at: ago(day),
      response_received_at: ago(0),
      employee: { email: agent.toUpperCase() },
      customer: { email: 'una@example.org' },
      channel: 'phone',
      answers: { agent_star_rating: { selected_options: { '1': { integer_value: 3 } } } },
    });
  const input = `${row('u1', 'c1')}\n${row('u2', String(document.conversation.closing))}\n`;
  const imported = await runJsonInside(['import', '-'], { env, input });
  expect(imported.document).toMatchObject({
    file: '-',
    format: 'jsonl',
    taken: { answers: 1 },
    left: { own_request: 1 },
    unknownAgents: [],
  });
  const { stdout } = await runInside(['surveys', 'show', 'c1'], { env });
  expect(stdout).toMatch(/Imported +from Agent Connect, asked there on/);
  expect(stdout).toContain('una@example.org');
});
