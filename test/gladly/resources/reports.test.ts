import { describe, expect, test } from 'vitest';
import { recordsOf } from '../../../src/gladly/resources/report-table.ts';
import { all, clientOf, failureOf, fakeTime, json, localGladly, type Respond } from '../local-gladly.ts';

const request = {
  metricSet: 'ConversationTimestampsReport',
  startAt: '2026-11-01',
  endAt: '2026-11-02',
  timezone: 'UTC',
};
const columns = ['Timestamp', 'Conversation ID'];

const sending =
  (body: string): Respond =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/csv' });
    response.end(body);
  };

async function rowsOf(body: string, asked: readonly string[] = columns) {
  return all(clientOf((await localGladly(sending(body))).origin).report(request, asked));
}

describe('a report', () => {
  test('is requested with its days and zone', async () => {
    const gladly = await localGladly(sending('Timestamp,Conversation ID\n'));
    expect(await all(clientOf(gladly.origin).report(request, columns))).toEqual([]);
    const { method, url, body } = gladly.received[0]!;
    expect(`${method} ${url}`).toBe('POST /api/v1/reports');
    expect(JSON.parse(body)).toEqual(request);
  });

  test.each([
    ['as asked', 'Timestamp,Conversation ID\n1,c1\n2,c2\n'],
    ['in another order with others between', 'Conversation ID,Topic Name,Timestamp\nc1,x,1\nc2,y,2\n'],
    ['with a byte order mark', '\ufeffTimestamp,Conversation ID\n1,c1\n2,c2\n'],
    ['quoted', '"Timestamp","Conversation ID"\r\n"1","c1"\r\n"2","c2"\r\n'],
    ['in other letters with spaces around', ' timestamp ,CONVERSATION ID \n1,c1\n2,c2\n'],
    ['with empty lines between', 'Timestamp,Conversation ID\n\n1,c1\n\n2,c2'],
    [
      'with white space of any kind around the cells',
      'Timestamp,Conversation\u00a0ID\n1, c1\n2\t,c2\u00a0\n',
    ],
    ['after blank lines', '\r\n  \n\nTimestamp,Conversation ID\n1,c1\n \n2,c2\n'],
    ['after blank lines and a mark', '\n\ufeff"Timestamp","Conversation ID"\n1,c1\n2,c2\n'],
    ['after a mark and blank lines', '\ufeff\r\n"Timestamp","Conversation ID"\n1,c1\n2,c2\n'],
  ])('has its columns by their headings, %s', async (_, body) => {
    expect(await rowsOf(body)).toEqual([
      { Timestamp: '1', 'Conversation ID': 'c1' },
      { Timestamp: '2', 'Conversation ID': 'c2' },
    ]);
  });

  test('keeps text in quotes, and stray quotes', async () => {
    expect(await rowsOf('Timestamp,Conversation ID\n"a, ""b""\nc",1\nfive" pipe,2\n')).toEqual([
      { Timestamp: 'a, "b"\nc', 'Conversation ID': '1' },
      { Timestamp: 'five" pipe', 'Conversation ID': '2' },
    ]);
  });

  test('with a sentence amid its rows is asked for again, commas or not', async () => {
    for (const sentence of ['Unexpected error occurred', 'Error, please try again later']) {
      const failure = await failureOf(rowsOf(`Timestamp,Conversation ID,Topic\n1,c1,t\n${sentence}\n`));
      expect([failure.kind, failure.code], sentence).toEqual(['temporary', 'not_an_answer']);
    }
  });

  test.each([
    ['fewer', 'Timestamp,Conversation ID,Topic\n1,c1\n2,c2,t\n', 'row 1 has 2 cells and its heading 3'],
    ['more', 'Timestamp,Conversation ID,Topic\n1,c1,t\n2,c2,t,x\n', 'row 2 has 4 cells and its heading 3'],
    ['fewer at its end', 'Timestamp,Conversation ID,Topic\n1,c1,t\n2,c2\n', 'row 2 has 2 cells'],
  ])('with a row of %s cells than its heading is an error, never a shorter table', async (_, body, says) => {
    const failure = await failureOf(rowsOf(body));
    expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
    expect(failure.message).toContain(says);
  });

  const inZones = (...zones: string[]): string =>
    [
      'Timezone Filter,Timestamp,Conversation ID',
      ...zones.map((zone, at) => `${zone},${at},c${at}`),
      '',
    ].join('\n');

  test.each(['UTC', 'Etc/UTC', 'utc', 'GMT', '', 'Coordinated Universal Time', '(GMT+00:00) UTC'])(
    'of the zone that was asked for, written %j, is read',
    async (zone) => expect(await rowsOf(inZones(zone, zone))).toHaveLength(2),
  );

  test.each([
    [['America/Chicago'], 'America/Chicago'],
    [['UTC', 'Europe/London'], 'Europe/London'],
    [['', 'Asia/Tokyo', 'UTC'], 'Asia/Tokyo'],
  ])('of the days of another zone is an error: %j', async (zones, named) => {
    const failure = await failureOf(rowsOf(inZones(...zones)));
    expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
    expect(failure.message).toContain(`its days are in ${named}, but days in`);
  });

  test.each([
    [
      'quoted commas that became cells',
      'Timestamp,Conversation ID\n1,"c1"\n2,c2,rest\n',
      'row 2 has 3 cells',
    ],
    [
      'a stray quote that swallowed a comma',
      'Timestamp,Conversation ID,Topic\n1,c1,"t"\n2,"c2,t"\n',
      'row 2 has 2',
    ],
    ['a comma at the end of each row', 'Timestamp,Conversation ID\n1,c1,\n2,c2,\n', 'row 1 has 3 cells'],
    ['a comma at the end of one', 'Timestamp,Conversation ID\n1,c1\n2,c2,\n3,c3\n', 'row 2 has 3 cells'],
  ])('with %s is an error', async (_, body, says) => {
    const failure = await failureOf(rowsOf(body));
    expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
    expect(failure.message).toContain(says);
  });

  test('that ends with a sentence amid its rows broke off', async () => {
    const failure = await failureOf(rowsOf('Timestamp,Conversation ID\n1,c1\nUnexpected error occurred\n'));
    expect([failure.kind, failure.code]).toEqual(['temporary', 'not_an_answer']);
  });

  test('that lacks a column says which', async () => {
    const gladly = await localGladly(sending('Timestamp,Conversation Link\n1,x\n'));
    const failure = await failureOf(all(clientOf(gladly.origin).report(request, columns)));
    expect([failure.kind, failure.code]).toEqual(['contract', 'missing_heading']);
    expect(failure.message).toContain('ConversationTimestampsReport');
    expect(failure.message).toContain('Conversation ID');
    expect(gladly.received).toHaveLength(1);
  });

  test('that is refused says why', async () => {
    const gladly = await localGladly((_, response) =>
      json(response, 400, { errors: [{ attr: 'metricSet', code: 'blank' }] }),
    );
    const failure = await failureOf(all(clientOf(gladly.origin).report(request, columns)));
    expect(failure.kind).toBe('contract');
    expect(failure.message).toContain('ConversationTimestampsReport (400: metricSet blank)');
  });

  test('that Gladly does not have is not a missing conversation', async () => {
    const gladly = await localGladly((_, response) => response.writeHead(404).end());
    const failure = await failureOf(all(clientOf(gladly.origin).report(request, columns)));
    expect(failure.kind).toBe('contract');
  });

  test('of many rows arrives whole', async () => {
    const body = Array.from({ length: 50_000 }, (_, row) => `${row},"c ${row}"`).join('\n');
    const rows = await rowsOf(`Timestamp,Conversation ID\n${body}\n`);
    expect(rows).toHaveLength(50_000);
    expect(rows.at(-1)).toEqual({ Timestamp: '49999', 'Conversation ID': 'c 49999' });
  });
});

describe('what comes with a success in the place of a report', () => {
  const whole = 'Timestamp,Conversation ID\n1,c1\n2,c2\n';

  const others: [string, string, string][] = [
    ['text', 'Unexpected error occurred\n', 'text/plain'],
    ['text that is called CSV', 'Unexpected error occurred\n', 'text/csv'],
    ['sentence with commas', 'Sorry, something went wrong, please try again\n', 'text/csv'],
    ['page', '<html>\n<body>Down, for maintenance</body></html>\n', 'text/html'],
    ['page after blank lines', '\n\n<!doctype html><p>Down', 'text/csv'],
    ['error', '{"errors":[{"code":"temporary_failure","detail":"try later"}]}', 'application/json'],
    ['list of errors', '[\n{"code":"temporary_failure"},\n{"code":"x"}\n]', 'text/csv'],
  ];

  const answering =
    (body: string, type: string): Respond =>
    (_, response) => {
      response.writeHead(200, { 'content-type': type });
      response.end(body);
    };

  test.each(others)('a %s passes: it is requested again', async (_, body, type) => {
    const gladly = await localGladly((received, response, number) =>
      answering(number === 1 ? body : whole, number === 1 ? type : 'text/csv')(received, response, number),
    );
    expect(await all(clientOf(gladly.origin).report(request, columns))).toHaveLength(2);
    expect(gladly.received).toHaveLength(2);
  });

  test.each(others)('a %s every time is temporary after three tries', async (_, body, type) => {
    const gladly = await localGladly(answering(body, type));
    const failure = await failureOf(all(clientOf(gladly.origin).report(request, columns)));
    expect([failure.kind, failure.code]).toEqual(['temporary', 'not_an_answer']);
    expect(gladly.received).toHaveLength(3);
  });

  test.each(['', '\r\n', '\ufeff', ' \n\n'])('%j is an empty report when it comes twice', async (body) => {
    const gladly = await localGladly(answering(body, 'text/csv'));
    const failure = await failureOf(all(clientOf(gladly.origin).report(request, columns)));
    expect([failure.kind, failure.code]).toEqual(['temporary', 'report_empty']);
    expect(gladly.received).toHaveLength(2);
  });

  test('a 429 is tried as often as for other requests', async () => {
    const gladly = await localGladly((received, response, number) =>
      number < 6 ? response.writeHead(429).end() : answering(whole, 'text/csv')(received, response, number),
    );
    expect(await all(clientOf(gladly.origin).report(request, columns))).toHaveLength(2);
  });

  test('an outage is tried three times: Gladly makes ten reports a minute', async () => {
    const gladly = await localGladly((_, response) => response.writeHead(503).end());
    const failure = await failureOf(all(clientOf(gladly.origin).report(request, columns)));
    expect(failure.code).toBe('gladly_unavailable');
    expect(gladly.received).toHaveLength(3);
  });

  test('a mark that arrives byte by byte is one, and no character is lost', async () => {
    const bytes = Buffer.from('\ufeff\n\ufeffTimestamp,Conversation ID\nzwölf,c1\n');
    async function* oneByOne(): AsyncGenerator<Uint8Array> {
      for (const byte of bytes) yield Uint8Array.of(byte);
    }
    const subject = { operation: 'generateReport', host: 'acme.gladly.com', noun: null, id: 'AnyReport' };
    expect(await all(recordsOf(oneByOne(), columns, subject))).toEqual([
      { Timestamp: 'zwölf', 'Conversation ID': 'c1' },
    ]);
  });

  test('a refusal names the role that is missing', async () => {
    const gladly = await localGladly((_, response) => response.writeHead(403).end());
    const failure = await failureOf(all(clientOf(gladly.origin).report(request, columns)));
    expect(failure.message).toContain('reports need the Administrator role');
  });
});

describe('a report that is cut', () => {
  const whole = 'Timestamp,Conversation ID\n1,c1\n2,c2\n';

  test.each<[string, Respond]>([
    ['before its headings', (_, response) => response.destroy()],
    ['to nothing', sending('')],
    [
      'after its headings',
      (_, response) => {
        response.writeHead(200, { 'content-length': '500' });
        response.write('Timestamp,Conversation ID\n');
        setTimeout(() => response.destroy(), 5);
      },
    ],
    ['in its first row, without a sign of the connection', sending('Timestamp,Conversation ID\n1')],
    ['inside quotes', sending('Timestamp,Conversation ID\n"1')],
  ])('%s is asked for again', async (_, trouble) => {
    const gladly = await localGladly((received, response, number) =>
      (number === 1 ? trouble : sending(whole))(received, response, number),
    );
    expect(await all(clientOf(gladly.origin).report(request, columns))).toHaveLength(2);
    expect(gladly.received).toHaveLength(2);
  });

  test.each<[string, Respond]>([
    [
      'by the connection',
      (_, response) => {
        response.writeHead(200);
        response.write('Timestamp,Conversation ID\n1,c1\n2,c2\n');
        setTimeout(() => response.destroy(), 50);
      },
    ],
    ['without a sign of it', sending('Timestamp,Conversation ID\n1,c1\n2')],
  ])('after a row was given, %s, is a temporary failure', async (_, trouble) => {
    const gladly = await localGladly(trouble);
    const rows: unknown[] = [];
    const reading = async (): Promise<void> => {
      for await (const row of clientOf(gladly.origin).report(request, columns)) rows.push(row);
    };
    expect((await failureOf(reading())).kind).toBe('temporary');
    expect(rows[0]).toEqual({ Timestamp: '1', 'Conversation ID': 'c1' });
    expect(gladly.received).toHaveLength(1);
  });
});

describe('reports', () => {
  test('are made one at a time', async () => {
    let open = 0;
    let most = 0;
    const gladly = await localGladly((_, response) => {
      open += 1;
      most = Math.max(most, open);
      response.on('finish', () => (open -= 1));
      setTimeout(() => response.end('Timestamp,Conversation ID\n1,c1\n'), 20);
    });
    const client = clientOf(gladly.origin);
    const reading = [1, 2, 3].map(() => all(client.report(request, columns)));
    expect((await Promise.all(reading)).map((rows) => rows.length)).toEqual([1, 1, 1]);
    expect(most).toBe(1);
  });

  test('that are abandoned let the next one start', async () => {
    const gladly = await localGladly(sending(`Timestamp,Conversation ID\n${'1,c1\n'.repeat(100_000)}`));
    const client = clientOf(gladly.origin);
    for await (const row of client.report(request, columns)) {
      expect(row.Timestamp).toBe('1');
      break;
    }
    let rows = 0;
    for await (const row of client.report(request, columns)) rows += Number(row.Timestamp);
    expect(rows).toBe(100_000);
  });

  test('may take longer than other requests', async () => {
    const gladly = await localGladly((_, response) => {
      response.write('Timestamp,');
      response.flushHeaders();
      setTimeout(() => response.end('Conversation ID\n1,c1\n'), 10);
    });
    const late = await localGladly((_, response) => {
      setTimeout(() => response.end('Timestamp,Conversation ID\n1,c1\n'), 400);
    });
    expect(await all(clientOf(gladly.origin).report(request, columns))).toHaveLength(1);
    expect(await all(clientOf(late.origin, { timeoutMs: 100 }).report(request, columns))).toHaveLength(1);
  });

  test('that never come are requested twice, and given up after about ten minutes', async () => {
    const time = fakeTime();
    const startedMs = time.nowMs;
    const gladly = await localGladly((_, response) => {
      // The connection's own time-out would end the request if no byte came for this long.
      time.nowMs += 300_000;
      response.destroy();
    });
    const reading = all(clientOf(gladly.origin, { time, timeoutMs: 30_000 }).report(request, columns));
    expect((await failureOf(reading)).kind).toBe('temporary');
    expect(gladly.received).toHaveLength(2);
    expect(time.nowMs - startedMs).toBeLessThan(11 * 60_000);
  });

  test('that stop in the middle get less time', async () => {
    const gladly = await localGladly((_, response) => {
      response.write('Timestamp,Conversation ID\n1,c1\n');
    });
    const reading = all(clientOf(gladly.origin, { timeoutMs: 100 }).report(request, columns));
    expect((await failureOf(reading)).code).toBe('timeout');
  });
});
