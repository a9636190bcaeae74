import { shareOf } from '../../../src/domain/scores/share.ts';
import type { ReportDocument } from '../../../src/documents/report.ts';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { reportMail } from '../../../src/html/report/mail.ts';
import { reportPage, satisfiedText, type ReportPage } from '../../../src/html/report/page.ts';
import { agent, counts, documentOf, lowComment, ordinaryPage, range, rowOf } from './scene.ts';

const hostile = `</style></title><script>alert(1)</script>"'><img src=x onerror=alert(1)>&`;
const quiet = { low: { atMost: 2, total: 0, comments: [] } };

/** The text of each cell in the table with this heading cell. */
function rowsOf(page: string, heading: string): string[][] {
  const table = page.split('<table').find((part) => part.includes(`>${heading}</th>`)) ?? '';
  const [, body = ''] = table.split('</thead>');
  return body
    .split('<tr')
    .slice(1)
    .map((row) =>
      [...row.matchAll(/<t[hd]\b[^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) =>
        cell
          .replace(/<span class="tight.*$/s, '')
          .replace(/<[^>]*>/g, '')
          .trim(),
      ),
    );
}

const numbers = (rows: string[][], column: number): number[] =>
  rows.map((cells) => Number(cells[column]?.replaceAll(',', '')));
const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

const manyAgents = (): ReportPage =>
  ordinaryPage({
    groups: documentOf(
      ['agent'],
      Array.from({ length: 200 }, (_, index) =>
        rowOf(agent(`Agent ${index}`), [index % 3, index % 2, 1, 3 + (index % 11), 5 + (index % 60)], 'no'),
      ),
    ),
  });

const pages: Record<string, () => ReportPage> = {
  'an ordinary month': () => ordinaryPage(),
  'no closing': () =>
    ordinaryPage({ ...quiet, groups: documentOf(['agent'], []), trend: documentOf(['day'], []) }),
  'closings without an answer': () =>
    ordinaryPage({
      ...quiet,
      groups: documentOf(['agent'], [{ ...rowOf(agent('A'), [0, 0, 0, 0, 0]), closed: 3, suppressed: 3 }]),
      trend: documentOf(['day'], [rowOf({ day: '2026-11-03' }, [0, 0, 0, 0, 0])]),
    }),
  'a single answer': () =>
    ordinaryPage({
      ...quiet,
      groups: documentOf(['agent'], [rowOf(agent('A'), [0, 0, 0, 0, 1], 'too_few')]),
      trend: documentOf(['day'], [rowOf({ day: '2026-11-03' }, [0, 0, 0, 0, 1])]),
    }),
  'only the worst': () =>
    ordinaryPage({
      groups: documentOf(
        ['agent'],
        [rowOf(agent('A'), [30, 0, 0, 0, 0]), rowOf(agent('B'), [5, 0, 0, 0, 0])],
      ),
    }),
  '200 agents': manyAgents,
  'an inbox and a channel by month': () =>
    ordinaryPage({
      groups: documentOf(
        ['inbox', 'channel'],
        [
          rowOf({ inbox: { id: 'i1', name: 'Returns' }, channel: 'email' }, [1, 1, 1, 5, 9]),
          rowOf({ inbox: null, channel: null }, [0, 0, 0, 3, 9]),
        ],
      ),
      trend: documentOf(['month'], [rowOf({ month: '2026-11' }, [1, 1, 1, 8, 18])]),
    }),
};

describe.each(Object.entries(pages))('of %s, the page', (_, scene) => {
  const page = reportPage(scene());

  test('is one file without script, whose style is the one it lets in', () => {
    const style = /<style>(.*?)<\/style>/s.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`.replaceAll(
        "'",
        '&#39;',
      ),
    );
    expect(page).not.toMatch(
      /<(?:script|link|iframe|object|embed|form|base)\b|\sstyle=|\son\w+=|@import|url\(/i,
    );
    expect([...page.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, url]) => url)).toEqual(
      scene().low.comments.flatMap(({ conversationUrl }) => conversationUrl ?? []),
    );
  });

  test('has its headings in order', () => {
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels).toEqual([1, ...Array.from({ length: 8 }, () => 2), 2]);
  });

  test('says no number that is none', () => {
    expect(page.replace(/<style>.*?<\/style>/s, '')).not.toMatch(/NaN|Infinity|undefined|null|\[object/);
  });

  test('adds up', () => {
    const { groups, trend } = scene();
    const rows = rowsOf(page, 'Response rate');
    const all = rows.pop();
    if (groups.rows.length > 0) {
      expect(sum(numbers(rows, 1))).toBe(groups.overall.csat.of);
      expect(all?.slice(0, 2)).toEqual(['All', groups.overall.csat.of.toLocaleString('en-US')]);
    }
    if (groups.overall.csat.of > 0) {
      expect(sum(numbers(rowsOf(page, 'Rating'), 2))).toBe(groups.overall.csat.of);
    }
    if (trend.overall.csat.of > 0) {
      expect(sum(numbers(rowsOf(page, '95% interval'), 2))).toBe(trend.overall.csat.of);
    }
    if (groups.overall.closed > 0) {
      const [, closed = '', parts = ''] = /<p class="note">([\d,]+) closed = (.*?)<\/p>/.exec(page) ?? [];
      const whole = [...parts.matchAll(/[\d,]+/g)].map(([part]) => Number(part.replaceAll(',', '')));
      expect(sum(whole)).toBe(Number(closed.replaceAll(',', '')));
    }
  });
});

describe('the headline', () => {
  const headline = (page: string): string =>
    (/class="headline card"(.*?)<dl/s.exec(page)?.[1] ?? '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

  test('has the score, the period before, and whether the change may be chance', () => {
    expect(headline(reportPage(ordinaryPage()))).toContain(
      '88% gave 4 or 5 stars, of 514 answers 95% interval: 84% to 90% ▲ +1.3 points compared with the period before ' +
        'Oct 4 – 31, 2026: 86% of 491 answers This may be chance: the 95% interval of the change is −3.2 to +5.7 points, and includes zero.',
    );
  });

  test('says when a change is more than chance, and when there is none to show', () => {
    const { groups } = ordinaryPage();
    const previous = groups.previous!;
    const less = { ...previous, change: { value: -0.08, low: -0.14, high: -0.02 } };
    expect(headline(reportPage(ordinaryPage({ groups: { ...groups, previous: less } })))).toContain(
      '▼ −8.0 points compared with the period before Oct 4 – 31, 2026: 86% of 491 answers ' +
        'This is unlikely to be chance: the 95% interval of the change is −14.0 to −2.0 points.',
    );
    const none = {
      ...previous,
      overall: counts([0, 0, 0, 0, 0]),
      change: { value: null, low: null, high: null },
    };
    expect(headline(reportPage(ordinaryPage({ groups: { ...groups, previous: none } })))).toContain(
      'No answers in the period before (Oct 4 – 31, 2026), so there is no change to show.',
    );
  });
});

test('what strangers wrote is text, wherever it stands', () => {
  const { groups } = ordinaryPage();
  const name = { id: hostile, name: hostile };
  const page = reportPage(
    ordinaryPage({
      organization: hostile,
      groups: {
        ...documentOf(
          ['agent'],
          [rowOf(agent(hostile), [30, 0, 0, 0, 9], 'below'), rowOf(agent('B'), [0, 0, 0, 9, 90])],
        ),
        filters: {
          agents: [name],
          inboxes: [name],
          topics: [name],
          channels: [hostile],
          brands: [hostile],
          imported: 'with',
        },
        previous: groups.previous,
      },
      low: {
        atMost: 2,
        total: 1,
        comments: [
          lowComment({
            comment: hostile,
            agent: hostile,
            conversationId: hostile,
            conversationUrl: 'https://x.example/"><b>',
          }),
          lowComment({ conversationUrl: 'javascript:alert(1)' }),
        ],
      },
    }),
  );
  expect(page).not.toMatch(/<script|<img|<b>(?!\d|With|[\d−+])|javascript:/);
  expect(page.match(/&lt;script&gt;alert\(1\)/g)?.length).toBeGreaterThan(8);
  expect(page.match(/<style>/g)).toHaveLength(1);
  expect(page.match(/<\/style>/g)).toHaveLength(1);
});

test('control and direction characters cannot turn the words around a name', () => {
  const page = reportPage(
    ordinaryPage({
      low: {
        atMost: 2,
        total: 1,
        comments: [lowComment({ agent: 'A\u202eB\u0007', comment: 'x\u2066y\n\nz' })],
      },
    }),
  );

  expect(page).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0007]/);
  expect(page).toContain('>xy z</blockquote>');
});

test('many agents keep their table closed, so that nobody prints it by accident', () => {
  expect(reportPage(manyAgents())).toContain('<details>\n<summary>Table of 200\u00a0agents</summary>');
  expect(reportPage(ordinaryPage())).toContain('<details open>\n<summary>Table of 11\u00a0agents</summary>');
});

test('topics overlap, and the page says so', () => {
  const rows = [rowOf({ topic: { id: 't', name: 'Returns' } }, [0, 0, 0, 1, 1])];
  const page = reportPage(ordinaryPage({ groups: documentOf(['topic'], rows, { overlapping: true }) }));
  expect(page).toContain('A conversation counts in each of its topics, so the rows do not add up.');
});

test('the reasons are in words, the most frequent first', () => {
  const rows = rowsOf(reportPage(ordinaryPage()), 'Reason');
  expect(rows.map(([reason, , times]) => [reason, times])).toEqual([
    ['A topic opts out of surveys', '514'],
    ['The customer was asked recently', '172'],
  ]);
});

test('a logo lies in the page itself', () => {
  const logo = { type: 'image/gif', bytes: Buffer.from('GIF89a') } as const;
  const page = reportPage(ordinaryPage({ brand: { color: '#aa0000', logo } }));
  expect(page).toContain('<img class="logo" src="data:image/gif;base64,R0lGODlh" alt="Acme Outdoor">');
});

test('times and days are those of the organization', () => {
  expect(reportPage(ordinaryPage())).toContain(
    `Made by gcsat on Nov 29, 2026, 1:30 PM. All times are in ${range.timezone}.`,
  );
});

test('what counts as satisfied follows the policy', () => {
  expect([5, 4, 3].map(satisfiedText)).toEqual(['5 stars', '4 or 5 stars', '3, 4 or 5 stars']);
});

describe('what was done about low ratings, and why they were low', () => {
  const share = (count: number, of: number) => shareOf(count, of);
  const withAnswers = (more: Partial<ReportDocument>): string => {
    const page = ordinaryPage();
    return reportPage({ ...page, groups: { ...page.groups, ...more } });
  };

  test('open and done ones add up, with the median time', () => {
    const followUp = { lowRating: 2, open: 13, done: 9, forgotten: 1, medianSeconds: 5 * 3600 };
    const page = withAnswers({ followUp });
    expect(rowsOf(page, 'Follow-up').map((cells) => [cells[0], cells[2]])).toEqual([
      ['Open', '13'],
      ['Done', '9'],
      ['Customer forgotten', '1'],
    ]);
    expect(page).toContain('Of 23\u00a0answers with 2 stars or fewer.');
    expect(page).toContain('done within 5 hours (median)');
    const open = withAnswers({ followUp: { ...followUp, done: 0, medianSeconds: null } });
    expect(open).toContain('None is done yet.');
    expect(withAnswers({})).toContain('No answer gave 2 stars or fewer in this period.');
  });

  test('reasons and answers are rows with their intervals, and text whatever they say', () => {
    const page = withAnswers({
      lowReasons: {
        lowRating: 1,
        of: 4,
        unsaid: 1,
        reasons: [
          { reason: hostile, ...share(2, 4) },
          { reason: 'Slow', ...share(1, 4) },
        ],
      },
      questions: [
        {
          kind: 'choice',
          text: hostile,
          answers: 2,
          mean: null,
          distribution: [{ answer: hostile, ...share(2, 2) }],
        },
        { kind: 'text', text: 'Why?', answers: 3, mean: null, distribution: [] },
      ],
    });
    expect(page).not.toMatch(/<script|<img src=x/);
    expect(rowsOf(page, 'Reason').map((cells) => cells[2])).toEqual(['2', '1']);
    expect(page).toContain('15% to 85%');
    expect(page).toContain('Of 4\u00a0answers with 1 star, with 95% intervals. 1 gave no reason.');
    expect(page).toContain('3\u00a0answers in words: an export has them.');
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    expect(levels).toEqual([1, ...Array.from({ length: 12 }, () => 2)]);
  });
});

test('groups whose response rate is low are named, and marked in the table by a word', () => {
  const told = (...sides: readonly ('above' | 'below' | 'no' | 'too_few')[]): string => {
    const rows = sides.map((responseDiffers, index) => ({
      ...rowOf(agent(`Agent <${index}>`), [0, 0, 0, 1, 9], 'no'),
      responseDiffers,
    }));
    const page = ordinaryPage({ groups: documentOf(['agent'], rows) });
    return `${reportPage(page)}\n${reportMail(page).html}`;
  };
  const one = told('below', 'no', 'above', 'too_few');
  expect(
    one.match(/1\u00a0agent has a response rate lower than that of all others[^<]*: Agent &lt;0&gt;\./g),
  ).toHaveLength(2);
  expect(one.match(/class="mark differs below">.*?<\/span> Below</g)).toHaveLength(1);
  expect(one.match(/class="mark differs above">.*?<\/span> Above</g)).toHaveLength(1);
  const many = told(...Array.from({ length: 7 }, () => 'below' as const), 'no');
  expect(many).toContain('7\u00a0agents have a response rate lower');
  expect(many).toMatch(/Agent &lt;4&gt;, and 2\u00a0others\./);
  const none = told('no', 'no');
  expect(none).toContain('No agent has a response rate that is lower');
  expect(none).not.toContain('class="mark');
  expect(told('no', 'too_few')).not.toContain('response rate below');
});
