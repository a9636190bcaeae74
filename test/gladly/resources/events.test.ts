import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventsOf } from '../../../src/gladly/resources/events.ts';
import { all, clientOf, failureOf, localGladly, type Respond } from '../local-gladly.ts';

const line = (id: string, more: Record<string, unknown> = {}): string =>
  JSON.stringify({
    id,
    type: 'CONVERSATION/CLOSED',
    timestamp: '2026-11-22T09:30:12.07Z',
    initiator: { id: 'a1', type: 'AGENT' },
    content: { conversationId: `c-${id}` },
    ...more,
  });

const query = { startAt: '2026-11-22T09:00:00.000+01:00', entities: ['CONVERSATION', 'CUSTOMER'] };

const streaming =
  (body: string): Respond =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-jsonlines' });
    response.end(body);
  };

async function eventsFrom(body: string) {
  const client = clientOf((await localGladly(streaming(body))).origin);
  return all(client.events(query));
}

const asked = { operation: 'listEvents', host: 'acme.gladly.com', noun: null, id: null };

describe('events', () => {
  test('are read line by line', async () => {
    const gladly = await localGladly(streaming(`${line('e1')}\n\r\n${line('e2', { initiator: null })}\n`));
    const events = await all(clientOf(gladly.origin).events({ ...query, endAt: '2026-11-22T10:00:00.000Z' }));
    expect(events).toEqual([
      {
        id: 'e1',
        type: 'CONVERSATION/CLOSED',
        timestamp: '2026-11-22T09:30:12.070Z',
        initiator: { id: 'a1', type: 'AGENT' },
        content: { conversationId: 'c-e1' },
      },
      expect.objectContaining({ id: 'e2', initiator: { id: null, type: null } }),
    ]);
    const { searchParams } = new URL(gladly.received[0]!.url, gladly.origin);
    expect([...searchParams]).toEqual([
      ['startAt', '2026-11-22T09:00:00.000+01:00'],
      ['endAt', '2026-11-22T10:00:00.000Z'],
      ['entities', 'CONVERSATION'],
      ['entities', 'CUSTOMER'],
    ]);
  });

  test('may have a number where the contract has text', async () => {
    const [event] = await eventsFrom(line('e1').replace('"id":"e1"', '"id":17'));
    expect(event).toMatchObject({ id: '17', content: { conversationId: 'c-e1' } });
  });

  test('are not a line of megabytes, which is refused before all of it has arrived', async () => {
    const failure = await failureOf(eventsFrom(line('e1', { initiator: { id: 'x'.repeat(2 ** 20) } })));
    expect([failure.kind, failure.message]).toEqual(['contract', expect.stringContaining('too long')]);
    expect(
      await eventsFrom(line('e1', { initiator: { id: 'x'.repeat(2 ** 19), type: 'AGENT' } })),
    ).toHaveLength(1);
  });

  test('may be none', async () => {
    expect(await eventsFrom('')).toEqual([]);
    expect(await eventsFrom('\n\n')).toEqual([]);
  });

  test('need no line break at the end', async () => {
    expect((await eventsFrom(`${line('e1')}\n${line('e2')}`)).map(({ id }) => id)).toEqual(['e1', 'e2']);
  });

  test.each([
    ['an object without an id', line('', {})],
    ['a list', '[]'],
    ['an event without a readable time', line('e2', { timestamp: 'x' })],
  ])('one that is %s is a failure: it could be the one that matters', async (_, odd) => {
    const gladly = await localGladly(streaming([line('e1'), odd, line('e3'), ''].join('\n')));
    const failure = await failureOf(all(clientOf(gladly.origin).events(query)));
    expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
  });

  test.each([
    '<html>\n<p>Log in</p>',
    '{"errors":[]}\n',
    'busy',
    '\nUnexpected error occurred\n',
    `${line('e1')}\n{"errors":[]}`,
    `${line('e1')}\n<html>\n`,
  ])(
    'in whose place comes something else (%j) are requested again; in the end that is temporary',
    async (body) => {
      const gladly = await localGladly((request, response, number) =>
        streaming(number === 2 ? `${line('e1')}\n` : body)(request, response, number),
      );
      expect(await all(clientOf(gladly.origin).events(query))).toHaveLength(1);
      expect(gladly.received).toHaveLength(2);
      const failure = await failureOf(all(clientOf(gladly.origin).events(query)));
      expect([failure.kind, failure.code]).toEqual(['temporary', 'not_an_answer']);
      expect(gladly.received).toHaveLength(2 + 6);
    },
  );

  test('that do not matter may be malformed: they are counted, once', async () => {
    const odd = line('e2', { type: ' CUSTOMER/UPDATED ', timestamp: 'soon' });
    const gladly = await localGladly((request, response, number) =>
      streaming(number === 1 ? `${odd}\n${line('e3').slice(0, 20)}` : `${odd}\n${line('e1')}\n${odd}\n`)(
        request,
        response,
        number,
      ),
    );
    const counted: number[] = [];
    const events = clientOf(gladly.origin).events({
      ...query,
      isNeeded: (type) => type === 'CONVERSATION/CLOSED',
      onUnreadable: (lines) => counted.push(lines),
    });
    expect((await all(events)).map(({ id }) => id)).toEqual(['e1']);
    expect(counted).toEqual([2]);
  });

  test.each([
    ['of a type that matters', line('e2', { timestamp: 'x' })],
    ['without a type', line('e2', { type: null })],
    ['in no object', '[]'],
  ])('that are malformed and %s are a failure', async (_, odd) => {
    const gladly = await localGladly(streaming(`${line('e1')}\n${odd}\n`));
    const isNeeded = (type: string): boolean => type === 'CONVERSATION/CLOSED';
    const failure = await failureOf(all(clientOf(gladly.origin).events({ ...query, isNeeded })));
    expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
  });

  test('after one that cannot be read are given; the failure comes at the end', async () => {
    const gladly = await localGladly(
      streaming(`${line('e1', { timestamp: '0001-01-01' })}\n${line('e2')}\n`),
    );
    const found: string[] = [];
    const read = async (): Promise<void> => {
      for await (const { id } of clientOf(gladly.origin).events(query)) found.push(id);
    };
    expect((await failureOf(read())).code).toBe('unreadable_answer');
    expect(found).toEqual(['e2']);
  });

  test('that are broken are only counted where their type does not matter, and so is null', async () => {
    const broken = '{"id":"x","type":"CONVERSATION/TOPIC_ADDED","timestamp":"2026';
    const gladly = await localGladly(streaming(`${broken}\nnull\n${line('e2')}\n`));
    const counted: number[] = [];
    const events = clientOf(gladly.origin).events({
      ...query,
      isNeeded: (type) => type === 'CONVERSATION/CLOSED',
      onUnreadable: (lines) => counted.push(lines),
    });
    expect((await all(events)).map(({ id }) => id)).toEqual(['e2']);
    expect(counted).toEqual([2]);
  });

  test.each([
    ['Gladly says that it has left some out', { 'gladly-limited-data': 'true' }, 1],
    ['they are as many as a limit may be', {}, 10_000],
  ])('where %s are given, and are incomplete', async (_, headers, count) => {
    const lines = Array.from({ length: count }, (_unused, index) => `${line(`e${index}`)}\n`).join('');
    const gladly = await localGladly((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-jsonlines', ...headers });
      response.end(lines);
    });
    const found: string[] = [];
    const read = async (): Promise<void> => {
      for await (const { id } of clientOf(gladly.origin).events(query)) found.push(id);
    };
    const failure = await failureOf(read());
    expect([failure.kind, failure.code]).toEqual(['partial', 'events_incomplete']);
    expect(found).toHaveLength(count);
    expect(gladly.received).toHaveLength(1);
  });

  test.each([
    ['a line that is no JSON', `${line('e1')}\n{"id":"e2","content":{"a": NaN}}\n${line('e3')}\n`],
    ['a last line that is no JSON', `${line('e1')}\n{"id":"e2","content":{"a": NaN}}\n`],
    ['half a line and its end', `${line('e1')}\n${line('e2').slice(0, 20)}\n`],
    ['a whole object for a last line without its end', `${line('e1')}\n{"hello":[]}`],
  ])('with %s are a failure that asking again would not mend', async (_, body) => {
    const gladly = await localGladly(streaming(body));
    const failure = await failureOf(all(clientOf(gladly.origin).events(query)));
    expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
    expect(gladly.received).toHaveLength(1);
  });

  test('are the same however the stream is split', async () => {
    const text = `${line('e1', { content: { name: 'Zoë 漢字 🎉' } })}\n\n${line('e2')}\n${line('e3')}`;
    const bytes = new TextEncoder().encode(text);
    const wholly = await all(eventsOf(pieces(bytes, []), asked));
    expect(wholly).toHaveLength(3);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length)), async (cuts) => {
        expect(await all(eventsOf(pieces(bytes, cuts), asked))).toEqual(wholly);
      }),
    );
  });
});

describe('a stream of events that is cut', () => {
  const cutAfter =
    (text: string): Respond =>
    (_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-jsonlines' });
      response.write(text);
      setTimeout(() => response.destroy(), 5);
    };

  test.each<[string, Respond]>([
    ['between two lines', cutAfter(`${line('e1')}\n`)],
    ['in the middle of a line', cutAfter(`${line('e1')}\n${line('e2').slice(0, 20)}`)],
    ['without a sign of the connection', streaming(`${line('e1')}\n${line('e2').slice(0, 20)}`)],
    ['by silence', (_, response) => void response.write(`${line('e1')}\n`)],
  ])('%s is read again, and nothing is given twice', async (_, trouble) => {
    const gladly = await localGladly((request, response, number) =>
      number < 3
        ? trouble(request, response, number)
        : streaming(`${line('e1')}\n${line('e2')}\n`)(request, response, number),
    );
    const client = clientOf(gladly.origin, { timeoutMs: 200 });
    const events = await all(client.events(query));
    expect(events.map(({ id }) => id)).toEqual(['e1', 'e2']);
    expect(client.counts.retried).toBe(2);
  });

  test('every time is given up', async () => {
    const gladly = await localGladly(cutAfter(`${line('e1')}\n{"id":`));
    const given: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const { id } of clientOf(gladly.origin).events(query)) given.push(id);
    };
    const failure = await failureOf(reading());
    expect(failure.kind).toBe('temporary');
    expect(given).toEqual(['e1']);
    expect(gladly.received).toHaveLength(6);
  });

  test('by the signal ends with its reason', async () => {
    const gladly = await localGladly((_, response) => void response.write(`${line('e1')}\n`));
    const stop = new AbortController();
    const client = clientOf(gladly.origin, { signal: stop.signal });
    const reading = async (): Promise<void> => {
      for await (const event of client.events(query)) stop.abort(new Error(`stopped at ${event.id}`));
    };
    await expect(reading()).rejects.toThrow('stopped at e1');
    expect(gladly.received).toHaveLength(1);
  });

  test('is not caused by a slow reader', async () => {
    let finish = (): void => undefined;
    const gladly = await localGladly((_, response) => {
      response.write(`${line('e1')}\n`);
      finish = () => response.end(`${line('e2')}\n`);
    });
    const client = clientOf(gladly.origin, { timeoutMs: 100 });
    const given: string[] = [];
    for await (const { id } of client.events(query)) {
      given.push(id);
      if (id === 'e1') await new Promise((resolve) => setTimeout(resolve, 400));
      finish();
    }
    expect(given).toEqual(['e1', 'e2']);
    expect(client.counts.gladly).toBe(1);
  });

  test('by its reader frees the connection', async () => {
    let closed = (): void => undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const gladly = await localGladly((_, response) => {
      response.on('close', closed);
      response.write(`${line('e1')}\n`);
    });
    for await (const event of clientOf(gladly.origin).events(query)) {
      expect(event.id).toBe('e1');
      break;
    }
    await gone;
  });
});

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const to of [...cuts, bytes.length].sort((a, b) => a - b)) {
    yield bytes.subarray(from, to);
    from = to;
  }
}
