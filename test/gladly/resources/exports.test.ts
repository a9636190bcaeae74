import { describe, expect, test } from 'vitest';
import type { ExportFileName } from '../../../src/gladly/resources/exports.ts';
import {
  all,
  clientFor,
  clientOf,
  failureOf,
  fakeTime,
  json,
  localGladly,
  type Respond,
} from '../local-gladly.ts';

const job = {
  id: 'j1',
  scheduleId: 's1',
  status: 'COMPLETED',
  updatedAt: '2026-11-22T04:15:19.07272933Z',
  parameters: {
    type: 'CONVERSATIONS',
    startAt: '2026-11-21T00:00:00Z',
    endAt: '2026-11-22T00:00:00Z',
  },
  files: ['agents.jsonl', 'conversation_items.jsonl'],
};

describe('export jobs', () => {
  test('are read with their times in our spelling', async () => {
    const client = await clientFor([job]);
    expect(await client.getExportJobs()).toEqual([
      {
        id: 'j1',
        status: 'COMPLETED',
        updatedAt: '2026-11-22T04:15:19.072Z',
        startAt: '2026-11-21T00:00:00.000Z',
        endAt: '2026-11-22T00:00:00.000Z',
        files: ['agents.jsonl', 'conversation_items.jsonl'],
      },
    ]);
  });

  test.each([
    ['files', { files: undefined }, { files: [] }],
    ['files, but null', { files: null }, { files: [] }],
    ['parameters', { parameters: undefined }, { startAt: null, endAt: null }],
    ['readable parameters', { parameters: 'all' }, { startAt: null, endAt: null }],
    ['a known status', { status: 'ARCHIVED' }, { status: 'ARCHIVED' }],
  ])('may be without %s', async (_what, more, read) => {
    const client = await clientFor([{ ...job, ...more }]);
    expect(await client.getExportJobs()).toEqual([expect.objectContaining({ id: 'j1', ...read })]);
  });
});

const items = { jobId: 'j/1', name: 'conversation_items.jsonl' as ExportFileName };
const streaming =
  (...bodies: string[]): Respond =>
  (_, response, number) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.end(bodies[Math.min(number, bodies.length) - 1]);
  };

async function reading(respond: Respond) {
  const gladly = await localGladly(respond);
  const client = clientOf(gladly.origin, { time: fakeTime() });
  const leftOut = { lines: 0 };
  return { gladly, client, leftOut, read: () => all(client.exportFile(items, leftOut)) };
}

describe('an export file', () => {
  test('is read line by line, and blank lines are nothing', async () => {
    const { gladly, read, leftOut } = await reading(streaming('{"id":"a"}\n\r\n{"id":"b"}'));
    expect(await read()).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(leftOut.lines).toBe(0);
    expect(gladly.urls()).toEqual(['/api/v1/export/jobs/j%2F1/files/conversation_items.jsonl']);
  });

  test('without a line has nothing', async () => {
    const { read, leftOut } = await reading(streaming(''));
    expect(await read()).toEqual([]);
    expect(leftOut.lines).toBe(0);
  });

  test('may have lines that are malformed or no objects: they are counted', async () => {
    const { read, leftOut } = await reading(
      streaming('{"id":"a"}\n{"id":\nnull\n[1]\nrow\n{"errors":[]}\n{"id":"b"}\n{"id":\n'),
    );
    expect(await read()).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(leftOut.lines).toBe(6);
  });

  test('may be one list of its objects', async () => {
    const { read, leftOut } = await reading(streaming('[{"id":"a"},{"id":"b"}]'));
    expect(await read()).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect((await reading(streaming('[]'))).leftOut.lines).toBe(0);
    expect(leftOut.lines).toBe(0);
  });

  test.each([
    ['half a line', '{"id":"b', 'network'],
    ['an error', '{"errors":[{"code":"temporary_failure"}]}\n', 'not_an_answer'],
    ['the error of a gateway', '{"message":"Endpoint request timed out"}', 'not_an_answer'],
    ['a sentence', 'Unexpected error occurred\n', 'not_an_answer'],
    ['a page', '<html></html>\n', 'not_an_answer'],
  ])('that ends with %s is read again, and its objects are given once', async (_what, end, code) => {
    const soon = await reading(streaming(`{"id":"a"}\n${end}`, '{"id":"a"}\n{"id":"b"}\n'));
    expect(await soon.read()).toEqual([{ id: 'a' }, { id: 'b' }]);
    expect(soon.leftOut.lines).toBe(0);
    const never = await reading(streaming(`{"id":"a"}\n${end}`));
    const failure = await failureOf(never.read());
    expect([failure.kind, failure.code]).toEqual(['temporary', code]);
    expect(never.leftOut.lines).toBe(0);
  });

  test('that breaks off is read again, and each line is given and counted once', async () => {
    const lines = ['{"id":"a"}', '{"id":', '{"id":"b"}', '{"id":"c"}'].map((line) => `${line}\n`);
    const { gladly, read, leftOut } = await reading((_, response, number) => {
      response.writeHead(200, {
        'content-type': 'application/x-ndjson',
        'content-length': lines.join('').length,
      });
      if (number > 2) return void response.end(lines.join(''));
      response.write(lines.slice(0, number + 1).join(''), () => response.destroy());
    });
    expect(await read()).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }]);
    expect(leftOut.lines).toBe(1);
    expect(gladly.received).toHaveLength(3);
  });

  test.each([
    ['a sentence', 'Unexpected error occurred\n'],
    ['a page', '<html>\n<body>Down</body>\n</html>\n'],
    ['an error', '{"errors":[{"code":"temporary_failure","detail":"later"}]}'],
  ])('is asked for again where %s comes instead', async (_what, body) => {
    const soon = await reading(streaming(body, '{"id":"a"}\n'));
    expect(await soon.read()).toEqual([{ id: 'a' }]);
    const never = await reading(streaming(body));
    const failure = await failureOf(never.read());
    expect([failure.kind, failure.code]).toEqual(['temporary', 'not_an_answer']);
    expect(never.leftOut.lines).toBe(0);
  });

  test('that is gone is a failure of its own', async () => {
    const { read } = await reading((_, response) => json(response, 404, { errors: [{ code: 'not_exist' }] }));
    const failure = await failureOf(read());
    expect([failure.kind, failure.code]).toEqual(['not_found', 'file_not_found']);
  });
});
