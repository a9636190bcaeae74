import { describe, expect, test } from 'vitest';
import { faultyProxy, type Fate } from '../../support/faulty-proxy.ts';
import { backfillNamed, day, hour, minute, world } from '../support.ts';

interface Item {
  timestamp: string;
  initiator: { id: string; type: string };
  content: { type: string };
}

const headings = 'Timestamp,Event Type,Contact ID,Conversation ID,Channel,Initiator Type,Initiator ID';

/** A conversation whose last response, by the second agent, is behind the cut; the sources answer as `fateOf` says. */
async function cut(age: number) {
  const own = await world();
  const agents = [...(await own.services().directory.agents()).values()];
  const [first, second] = [agents[0]!, agents[1]!];
  const id = await own.tell({
    messages: [
      { from: 'agent', agent: first.id, minutesAgo: 210 },
      { from: 'customer', minutesAgo: 200 },
      { from: 'agent', agent: first.id, minutesAgo: 190 },
      { from: 'customer', minutesAgo: 20 },
      { from: 'agent', agent: second.id, minutesAgo: 5 },
    ],
  });
  own.time.now += age;
  const authorization = `Basic ${Buffer.from(`${own.sandbox.email}:${own.sandbox.token}`).toString('base64')}`;
  const answer = await fetch(`${own.sandbox.origin}/api/v1/conversations/${id}/items`, {
    headers: { authorization },
  });
  const items = (await answer.json()) as Item[];
  const answers = items.filter(
    ({ initiator, content }) => initiator.type === 'AGENT' && content.type === 'EMAIL',
  );
  const visible = items.slice(0, items.indexOf(answers.at(-1)!));
  const source: { fateOf: (request: string) => Fate } = { fateOf: () => 'pass' };
  const { origin } = await faultyProxy(own.sandbox.origin, (request) =>
    request.endsWith('/items')
      ? { status: 200, body: JSON.stringify(visible), headers: { 'gladly-limited-data': 'true' } }
      : source.fateOf(request),
  );
  const row = ({ timestamp, initiator }: Item, more: { id?: string; type?: string } = {}): string =>
    [
      timestamp,
      'CONTACT/MESSAGE_SENT',
      'k1',
      more.id ?? id,
      'EMAIL',
      more.type ?? 'AGENT',
      initiator.id,
    ].join();
  /** The rows of one report; there are no events. */
  const reports =
    (...rows: string[]) =>
    (request: string): Fate => {
      if (request === 'GET /api/v1/events') return { status: 200, body: '' };
      if (request !== 'POST /api/v1/reports') return 'pass';
      const body = [headings, ...rows, ''].join('\n');
      return { status: 200, body, headers: { 'content-type': 'text/csv' } };
    };
  const run = () => backfillNamed(own.services({ origin }), [id]);
  return { own, first, second, answers, source, row, reports, run };
}

const waiting = {
  state: 'failed',
  reasons: [],
  dueAt: expect.any(String),
  error: { code: 'contacts_incomplete' },
};

describe('a cut timeline of an older conversation', () => {
  test.each([
    ['has headings alone', () => []],
    ['has rows of other conversations only', ({ row, answers }) => [row(answers[2]!, { id: 'other' })]],
    ['has the first answer and not the last that is shown', ({ row, answers }) => [row(answers[0]!)]],
    ['has the conversation under another id', ({ row, answers }) => [row(answers[2]!, { id: 'OTHER' })]],
  ] as [string, (scene: Awaited<ReturnType<typeof cut>>) => string[]][])(
    'waits where the report %s, and credits rightly once it has all',
    async (_, rowsOf) => {
      const scene = await cut(3 * day);
      const { own, second, source, reports, run } = scene;
      source.fateOf = reports(...rowsOf(scene));
      await run();
      expect(await own.closings()).toMatchObject([waiting]);
      expect(own.sandbox.mailbox()).toEqual([]);
      source.fateOf = () => 'pass';
      own.time.now += 2 * hour;
      await run();
      expect(await own.closings()).toMatchObject([{ state: 'sent', agent: { id: second.id } }]);
    },
  );

  test('credits who answered last by a report that writes it in its own letters, with blanks', async () => {
    const { own, second, source, reports, row, answers, run } = await cut(3 * day);
    source.fateOf = reports(row(answers[2]!, { type: ' Agent ' }).replaceAll(',', ' , '));
    await run();
    expect(await own.closings()).toMatchObject([{ state: 'sent', agent: { id: second.id } }]);
  });

  test('credits the last answer that it shows where the report has it too, and none after it', async () => {
    const { own, first, source, reports, row, answers, run } = await cut(3 * day);
    source.fateOf = reports(row(answers[0]!), row(answers[1]!));
    await run();
    expect(await own.closings()).toMatchObject([{ state: 'sent', agent: { id: first.id } }]);
  });
});

test('events that lack what a cut timeline shows name nobody, nor does a report that runs behind', async () => {
  const { own, second, source, reports, row, answers, run } = await cut(10 * minute);
  source.fateOf = reports(row(answers[1]!));
  await run();
  expect(await own.closings()).toMatchObject([waiting]);
  source.fateOf = () => 'pass';
  own.time.now += 5 * minute;
  await run();
  expect(await own.closings()).toMatchObject([{ state: 'sent', agent: { id: second.id } }]);
});
