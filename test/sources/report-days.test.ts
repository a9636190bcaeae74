import { describe, expect, test } from 'vitest';
import { utcDays } from '../../src/domain/values/time-range.ts';
import type { Failure } from '../../src/failure.ts';
import { reportOfDays, type DaysListener } from '../../src/sources/report-days.ts';
import {
  all,
  clientOf,
  failureOf,
  json,
  localGladly,
  type LocalGladly,
  type Respond,
} from '../gladly/local-gladly.ts';

const day = 86_400_000;
const columns = ['Timestamp', 'Conversation ID'];

const daysFrom = (startAt: string, count: number): string[] => {
  const since = `${startAt}T00:00:00.000Z`;
  return utcDays({ since, until: new Date(Date.parse(since) + count * day).toISOString() });
};

interface Asked {
  startAt: string;
  endAt: string;
}

/** Answers each request with a row for each day, unless `instead` answers it. */
function reporting(
  instead: (days: string[], ...given: Parameters<Respond>) => boolean = () => false,
): Respond {
  return (request, response, number) => {
    const { startAt, endAt } = JSON.parse(request.body) as Asked;
    const days = daysFrom(startAt, (Date.parse(endAt) - Date.parse(startAt)) / day + 1);
    if (instead(days, request, response, number)) return;
    response.end(`Timestamp,Conversation ID\n${days.map((date) => `${date},c-${date}\n`).join('')}`);
  };
}

const refuse: Respond = (_, response) =>
  json(response, 400, { errors: [{ attr: 'endAt', code: 'invalid' }] });

const pieces = ({ received }: LocalGladly): string[] =>
  received.map(({ body }) => {
    const { startAt, endAt } = JSON.parse(body) as Asked;
    return `${startAt.slice(8)}-${endAt.slice(8)}`;
  });

async function datesOf(respond: Respond, days: readonly string[]) {
  const gladly = await localGladly(respond);
  const rows = await all(
    reportOfDays(clientOf(gladly.origin), 'ConversationTimestampsReport', days, columns),
  );
  return { gladly, dates: rows.map((row) => row['Timestamp']) };
}

describe('a report of many days', () => {
  test('is asked for in weeks of UTC', async () => {
    const days = daysFrom('2026-11-01', 20);
    const { gladly, dates } = await datesOf(reporting(), days);
    expect(dates).toEqual(days);
    expect(pieces(gladly)).toEqual(['01-07', '08-14', '15-20']);
    expect(JSON.parse(gladly.received[0]!.body)).toEqual({
      metricSet: 'ConversationTimestampsReport',
      startAt: '2026-11-01',
      endAt: '2026-11-07',
      timezone: 'UTC',
    });
  });

  test('of no days is not asked for', async () => {
    const { gladly, dates } = await datesOf(reporting(), []);
    expect(dates).toEqual([]);
    expect(gladly.received).toEqual([]);
  });

  test.each([
    [6, ['01-07', '01-04', '05-08', '09-10']],
    [3, ['01-07', '01-04', '01-02', '03-04', '05-06', '07-08', '09-10']],
  ])('that Gladly refuses beyond %d days is asked for in halves, and stays so', async (most, expected) => {
    const days = daysFrom('2026-11-01', 10);
    const respond = reporting((asked, ...given) => {
      if (asked.length > most) refuse(...given);
      return asked.length > most;
    });
    const { gladly, dates } = await datesOf(respond, days);
    expect(dates).toEqual(days);
    expect(pieces(gladly)).toEqual(expected);
  });

  test('that takes too long is asked for in halves', async () => {
    const days = daysFrom('2026-11-01', 3);
    const respond = reporting((asked, _, response) => {
      // The report begins and then is silent: it may take minutes to begin, but not to go on.
      if (asked.length > 1) response.write('Timestamp,Conversation ID\n');
      return asked.length > 1;
    });
    const gladly = await localGladly(respond);
    const client = clientOf(gladly.origin, { timeoutMs: 50 });
    const rows = await all(reportOfDays(client, 'ConversationTimestampsReport', days, columns));
    expect(rows.map((row) => row['Timestamp'])).toEqual(days);
    expect(pieces(gladly).slice(-3)).toEqual(['01-01', '02-02', '03-03']);
  });

  test('that breaks off after some rows is read on in halves, and gives those again', async () => {
    const days = daysFrom('2026-11-01', 4);
    const respond = reporting((asked, _, response) => {
      if (asked.length < 4) return false;
      response.write(`Timestamp,Conversation ID\n${asked[0]!},c1\n${asked[1]!},c2\n`);
      setTimeout(() => response.destroy(), 50);
      return true;
    });
    const { gladly, dates } = await datesOf(respond, days);
    expect(dates[0]).toBe(days[0]);
    expect(dates.slice(-4)).toEqual(days);
    expect(dates.length).toBeGreaterThan(4);
    expect(pieces(gladly)).toEqual(['01-04', '01-02', '03-04']);
  });

  test('of which a single day is refused fails after the days before it', async () => {
    const gladly = await localGladly(
      reporting((asked, ...given) => {
        const refused = asked.includes('2026-11-03');
        if (refused) refuse(...given);
        return refused;
      }),
    );
    const found: unknown[] = [];
    const read = async (): Promise<void> => {
      const days = daysFrom('2026-11-01', 7);
      for await (const row of reportOfDays(clientOf(gladly.origin), 'AnyReport', days, columns)) {
        found.push(row['Timestamp']);
      }
    };
    expect((await failureOf(read())).message).toContain('400: endAt invalid');
    expect(found).toEqual(['2026-11-01', '2026-11-02']);
    expect(pieces(gladly)).toEqual(['01-07', '01-04', '01-02', '03-04', '03-03']);
  });

  test.each<[string, Respond, string]>([
    ['credentials', (_, response) => json(response, 403, {}), 'forbidden'],
    ['headings', (_, response) => response.end('Timestamp,Conversation\n1,2\n'), 'missing_heading'],
  ])('of wrong %s is not asked for in halves', async (_, respond, code) => {
    const gladly = await localGladly(respond);
    const reading = all(
      reportOfDays(clientOf(gladly.origin), 'AnyReport', daysFrom('2026-11-01', 7), columns),
    );
    expect((await failureOf(reading)).code).toBe(code);
    expect(gladly.received).toHaveLength(1);
  });

  /** What a reader that goes on after unreadable days hears. */
  async function heardOf(respond: Respond, days: readonly string[]) {
    const gladly = await localGladly(respond);
    const heard = { unread: [] as [string, string][], empty: [] as string[], round: [] as string[] };
    const listener: DaysListener = {
      unread: (piece, { code }: Failure) =>
        heard.unread.push([`${piece[0]!.slice(8)}-${piece.at(-1)!.slice(8)}`, code]),
      round: (date, rows) => heard.round.push(`${date.slice(8)}: ${rows}`),
      empty: (piece) => heard.empty.push(`${piece[0]!.slice(8)}-${piece.at(-1)!.slice(8)}`),
    };
    const rows = await all(
      reportOfDays(clientOf(gladly.origin), 'AnyReport', days, columns, undefined, listener),
    );
    return { gladly, heard, dates: [...new Set(rows.map((row) => row['Timestamp']))] };
  }

  const sentence: Respond = (_, response) => response.end('Unexpected error occurred\n');

  test('of which one day has only a sentence gives all the others', async () => {
    const days = daysFrom('2026-11-01', 14);
    const respond = reporting((asked, ...given) => {
      if (asked.includes('2026-11-03')) sentence(...given);
      return asked.includes('2026-11-03');
    });
    const { gladly, heard, dates } = await heardOf(respond, days);
    expect(heard).toEqual({ unread: [['03-03', 'not_an_answer']], empty: [], round: [] });
    expect(dates).toEqual(days.filter((date) => date !== '2026-11-03'));
    expect([...new Set(pieces(gladly))]).toEqual([
      '01-07',
      '01-01',
      '02-02',
      '03-03',
      '04-04',
      '05-05',
      '06-06',
      '07-07',
      '08-14',
    ]);
  });

  test('that never comes is given up after two days, because Gladly makes few reports a minute', async () => {
    const { gladly, heard } = await heardOf(sentence, daysFrom('2026-11-01', 14));
    expect(heard.unread).toEqual([
      ['01-01', 'not_an_answer'],
      ['02-14', 'not_an_answer'],
    ]);
    expect(gladly.received.length).toBeLessThan(10);
  });

  test.each([
    ['permission', (_: unknown, response: Parameters<Respond>[1]) => json(response, 403, {}), 'forbidden'],
    [
      'its headings',
      (_: unknown, response: Parameters<Respond>[1]) => response.end('Timestamp,Conversation\n1,2\n'),
      'missing_heading',
    ],
  ] as const)('without %s is asked for once', async (_, respond, code) => {
    const { gladly, heard } = await heardOf(respond, daysFrom('2026-11-01', 14));
    expect(heard.unread).toEqual([['01-14', code]]);
    expect(gladly.received).toHaveLength(1);
  });

  test('with an empty week between two others gives both, and says which was empty', async () => {
    const days = daysFrom('2026-11-01', 21);
    const respond = reporting((asked, _, response) => {
      if (asked[0] === '2026-11-08') response.end('\r\n');
      return asked[0] === '2026-11-08';
    });
    const { gladly, heard, dates } = await heardOf(respond, days);
    expect(heard).toEqual({ unread: [], empty: ['08-14'], round: [] });
    expect(dates).toHaveLength(14);
    expect(pieces(gladly)).toEqual(['01-07', '08-14', '08-14', '15-21']);
  });

  const manyRows = (count: number): string => `Timestamp,Conversation ID\n${'2026-11-01,c\n'.repeat(count)}`;

  test('that is as full as a report can be is asked for in halves; a day that is still so is incomplete', async () => {
    const days = daysFrom('2026-11-01', 4);
    const respond = reporting((asked, _, response) => {
      const isFull = asked.includes('2026-11-02');
      if (isFull) response.end(manyRows(90_000));
      return isFull;
    });
    const { gladly, heard, dates } = await heardOf(respond, days);
    expect(heard.unread).toEqual([['02-02', 'report_incomplete']]);
    expect(dates).toEqual(expect.arrayContaining(['2026-11-03', '2026-11-04']));
    expect(pieces(gladly)).toEqual(['01-04', '01-02', '01-01', '02-02', '03-03', '04-04']);
  });

  test('with as many rows as a limit may be is asked for in halves; of a day that is still so it is said', async () => {
    const days = daysFrom('2026-11-01', 2);
    const respond = reporting((asked, _, response) => {
      const isRound = asked.includes('2026-11-02');
      if (isRound) response.end(manyRows(10_000));
      return isRound;
    });
    const { gladly, heard } = await heardOf(respond, days);
    expect(heard).toEqual({ unread: [], empty: [], round: ['02: 10000'] });
    expect(pieces(gladly)).toEqual(['01-02', '01-01', '02-02']);
  });

  test('with fewer rows than that is complete', async () => {
    const { gladly, heard } = await heardOf(
      (_, response) => response.end(manyRows(89_999)),
      daysFrom('2026-11-01', 4),
    );
    expect(heard.unread).toEqual([]);
    expect(gladly.received).toHaveLength(1);
  });

  test('that nobody answers is not asked for in halves', async () => {
    const gladly = await localGladly((_, response) => response.destroy());
    const days = daysFrom('2026-11-01', 7);
    const failure = await failureOf(all(reportOfDays(clientOf(gladly.origin), 'AnyReport', days, columns)));
    expect(failure.kind).toBe('temporary');
    expect(new Set(pieces(gladly))).toEqual(new Set(['01-07']));
  });

  test('ends with the signal, also between pieces without rows', async () => {
    const stop = new AbortController();
    const gladly = await localGladly((_, response, number) => {
      if (number === 2) stop.abort(new Error('enough'));
      response.end('Timestamp,Conversation ID\n');
    });
    const client = clientOf(gladly.origin);
    const rows = reportOfDays(client, 'AnyReport', daysFrom('2026-11-01', 28), columns, stop.signal);
    await expect(all(rows)).rejects.toThrow('enough');
    expect(gladly.received).toHaveLength(2);
  });
});
