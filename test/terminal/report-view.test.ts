import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { ReportCounts, ReportDocument, ReportRow } from '../../src/documents/report.ts';
import { shareOf } from '../../src/domain/scores/share.ts';
import { reportCsv } from '../../src/terminal/report-csv.ts';
import { reportView } from '../../src/terminal/report-view.ts';
import { screen } from './screen.ts';

function counts(answers: number, satisfied: number, asked = answers * 2): ReportCounts {
  return {
    closed: asked + 3,
    suppressed: 2,
    waiting: 1,
    asked,
    opened: answers,
    answered: answers,
    unasked: 0,
    reminded: shareOf(0, 0),
    responseRate: shareOf(answers, asked),
    csat: shareOf(satisfied, answers),
    mean: answers === 0 ? null : 4.25,
    distribution: { '1': answers - satisfied, '2': 0, '3': 0, '4': 0, '5': satisfied },
    resolved: { yes: satisfied, no: 0, unsaid: answers - satisfied },
  };
}

const row = (name: string, answers: number, satisfied: number, differs: ReportRow['differs']): ReportRow => ({
  key: { agent: { id: `id of ${name}`, name, email: null } },
  ...counts(answers, satisfied),
  differs,
  responseDiffers: null,
});

const range = {
  since: '2026-11-15T06:00:00.000Z',
  until: '2026-11-22T06:00:00.000Z',
  timezone: 'America/Chicago',
};

const report: ReportDocument = {
  range,
  by: ['agent'],
  overlapping: false,
  minimum: 10,
  satisfiedFrom: 4,
  filters: {
    agents: [],
    inboxes: [{ id: 'i1', name: 'Orders' }],
    topics: [],
    channels: ['email'],
    brands: [],
    imported: 'with',
  },
  overall: counts(130, 104),
  rows: [
    row('Ada Example', 60, 57, 'above'),
    row('=HYPERLINK("http://x")\u001b[31m\n\u202e', 65, 44, 'below'),
    row('Zoë with a name that is much too long to be shown in one line', 5, 3, 'too_few'),
    { ...row('', 0, 0, 'too_few'), key: { agent: null } },
  ],
  reasons: { no_address: 3, opt_out_topic: 12 },
  previous: {
    range: { ...range, since: '2026-11-08T06:00:00.000Z', until: range.since },
    overall: counts(90, 60),
    change: { value: 0.1333, low: 0.0151, high: 0.2512 },
  },
  credit: null,
  followUp: { lowRating: 2, open: 1, done: 2, forgotten: 0, medianSeconds: 5400 },
  lowReasons: { lowRating: 2, of: 0, unsaid: 0, reasons: [] },
  questions: [],
};

test('a report fits 80 columns, without colors', () => {
  const text = reportView(report, screen({ columns: 80 }));
  for (const line of text.split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(80);
  expect(text).toMatchInlineSnapshot(`
    "Closed        2026-11-15 00:00 CST to 2026-11-22 00:00 CST
    Only          Orders, email
    Score         80% (72% to 86%): 104 of 130 rated 4 or more, mean 4.25
    Change        +13.3 points compared with the 7 days before (67% of 90 answers).
                  This is more than chance: between +1.5 and +25.1.
    Response      50% (44% to 56%): 130 of 260 asked, 130 opened
    Closings      263: 260 asked, 2 suppressed, 1 waiting
    Follow-up     3 rated 2 or less: 1 open, 2 done after 2 hours (median)

    Agent                      Score                 95%  Answers  Response  Differs
    Ada Example                  95%  ██████████  86–98%       60       50%  above
    =HYPERLINK("http://x")       68%  ███████░░░  56–78%       65       50%  below
    Zoë with a name that is …    60%  ██████░░░░  23–88%        5       50%  too few
    no agent                       –                   –        0         –  too few

    Differs: compared with all other answers in this report. "too few": fewer than
    10 answers (--min).

    Why 2 closings were not surveyed (a closing may have several reasons)
          12  A topic opts out of surveys (opt_out_topic)
           3  The customer has no address (no_address)"
  `);
});

test.each([40, 60, 79])('and a narrow one of %i', (columns) => {
  const text = reportView(report, screen({ columns }));
  for (const line of text.split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
  expect(text).toContain('Ada Example');
});

test('in a pipe, nothing is cut', () => {
  expect(reportView(report, screen())).toContain('much too long to be shown in one line');
});

test('whether a change may be chance', () => {
  const told = (change: NonNullable<ReportDocument['previous']>['change'], until = range.until) =>
    reportView(
      { ...report, range: { ...range, until }, previous: { ...report.previous!, change } },
      screen(),
    ).match(/^Change +(.*)$/m)?.[1];
  expect(told({ value: 0.02, low: -0.05, high: 0.09 })).toBe(
    '+2.0 points compared with the 7 days before (67% of 90 answers). This may be chance: between -5.0 and +9.0.',
  );
  expect(told({ value: -0.1, low: -0.15, high: -0.05 }, '2026-11-16T18:00:00.000Z')).toBe(
    '-10.0 points compared with the 36 hours before (67% of 90 answers). This is more than chance: between -15.0 and -5.0.',
  );
  expect(told({ value: null, low: null, high: null })).toBe(
    'no answers to compare with in the 7 days before',
  );
});

test('a report of nothing says so', () => {
  const empty = { ...report, overall: counts(0, 0), rows: [], reasons: {}, previous: null };
  const text = reportView(empty, screen({ columns: 80 }));
  expect(text).toContain('no answers');
  expect(text).toContain('nobody was asked');
  expect(text).toContain('No closings.');
});

test('the credit of the assignee, with the most frequent pairs', () => {
  const pairs = Array.from({ length: 25 }, (_, index) => ({
    responder: { id: `r${index}`, name: null },
    assignee: { id: 'a1', name: 'Ada' },
    answers: 25 - index,
  }));
  const credit = { answers: 1000, moved: 325, unassigned: 2, pairs };
  const text = reportView({ ...report, credit }, screen({ columns: 80 }));
  expect(text.replaceAll('\n', ' ')).toContain(
    '325 of 1000 answers would go to another agent, and 2 to nobody',
  );
  expect(text).toContain('  25 r0 → Ada\n');
  expect(text).toContain('  5 more pairs: --csv credit');
  expect(reportCsv({ ...report, credit }, 'credit').split('\r\n')).toHaveLength(27);
});

test('CSV has the fields of the JSON, and no cell is a formula', () => {
  const lines = reportCsv(report, 'rows').split('\r\n');
  expect(lines[0]).toMatch(
    /^agent\.id,agent\.name,agent\.email,closed,suppressed,waiting,asked,opened,answered,unasked,/,
  );
  expect(lines).toHaveLength(report.rows.length + 2);
  expect(lines[2]).toMatch(/^"?id of =HYPERLINK/);
  expect(lines[2]).toContain(`"'=HYPERLINK(""http://x"")`);
  expect(reportCsv(report, 'rows')).not.toContain('\u001b');
  expect(reportCsv({ ...report, by: [], rows: [] }, 'rows').split('\r\n')[1]).toMatch(/^263,2,1,260,/);
  expect(reportCsv(report, 'reasons')).toBe('reason,closings\r\nno_address,3\r\nopt_out_topic,12\r\n');
});

test('with room, a row has the interval of its response rate, and how many were asked; without, names go before the bar', () => {
  const pair = (channel: string, inbox: string): ReportRow => ({
    ...row('', 20, 16, 'no'),
    key: { channel, inbox: { id: inbox, name: inbox } },
  });
  const two: ReportDocument = {
    ...report,
    by: ['channel', 'inbox'],
    rows: [pair('fbMessenger', 'Orders and Delivery'), pair('email', 'Returns')],
  };
  const lines = (columns: number): string[] =>
    reportView(two, screen({ columns }))
      .split('\n')
      .filter((line) => /Channel|fbMessenger/.test(line));
  expect(lines(120)).toEqual([
    'Channel      Inbox                Score                 95%  Answers  Response     95%  Asked  Differs',
    'fbMessenger  Orders and Delivery    80%  ████████░░  58–92%       20       50%  35–65%     40  no',
  ]);
  expect(lines(80)).toEqual([
    'Channel      Inbox                Score     95%  Answers  Response  Differs',
    'fbMessenger  Orders and Delivery    80%  58–92%       20       50%  no',
  ]);
  // Without that column, two names that are too long get more room each.
  const long: ReportDocument = {
    ...two,
    rows: [pair('fbMessenger of several countries', 'Orders and Delivery of all of them')],
  };
  const [, row80 = ''] = reportView(long, screen({ columns: 80 }))
    .split('\n')
    .filter((line) => /Channel|fbMessenger/.test(line));
  expect(row80).not.toContain('█');
  expect(stringWidth(row80)).toBeLessThanOrEqual(80);
});

const share = (count: number, of: number) => shareOf(count, of);
const asked: ReportDocument = {
  ...report,
  lowReasons: {
    lowRating: 2,
    of: 4,
    unsaid: 1,
    reasons: [
      { reason: '=Slow\u001b[31m reply', ...share(2, 4) },
      { reason: 'Had to ask again and again, and then once more, until somebody read it', ...share(1, 4) },
    ],
  },
  questions: [
    {
      kind: 'scale',
      text: 'How likely are you to recommend us to a friend or to somebody whom you like?',
      answers: 2,
      mean: 9.5,
      distribution: [
        { answer: 9, ...share(1, 2) },
        { answer: 10, ...share(1, 2) },
      ],
    },
    { kind: 'text', text: 'What\u202e next?', answers: 3, mean: null, distribution: [] },
  ],
};

test.each([80, 50])(
  'reasons and questions fit %i columns, and no character of theirs is obeyed',
  (columns) => {
    const text = reportView(asked, screen({ columns }));
    for (const line of text.split('\n')) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
    expect(text.replace(/\n/g, ' ')).not.toMatch(/[\p{Cc}\u202e]/u);
    const words = text.replace(/\s+/g, ' ');
    expect(words).toContain('Reasons for 4 ratings of 2 or less');
    expect(words).toContain('1 no reason given');
    expect(words).toContain('(2 answers, mean 9.50 of 10)');
    expect(words).toContain('1 10: 50% (9% to 91%)');
    expect(words).toContain('(3 answers; an export has them)');
  },
);

test('each has a table of its own as CSV, whose rows add up, and no cell is a formula', () => {
  const lines = (table: 'followUp' | 'lowReasons' | 'questions'): string[] =>
    reportCsv(asked, table).trimEnd().split('\r\n');
  expect(lines('followUp')).toEqual(['lowRating,open,done,forgotten,medianSeconds', '2,1,2,0,5400']);
  const [heading, ...reasons] = lines('lowReasons');
  expect(heading).toBe('reason,of,count,value,low,high');
  expect(reasons.map((line) => /,4,(\d),/.exec(line)?.[1])).toEqual(['2', '1', '1']);
  expect(reasons[0]).toMatch(/^"?'=Slow/);
  expect(reasons[2]).toMatch(/^,4,1,0.25,/);
  expect(lines('questions').map((line) => line.split(',').slice(0, 1)[0])).toEqual([
    'kind',
    'scale',
    'scale',
    'text',
  ]);
  expect(reportCsv(report, 'lowReasons')).toBe('reason,of,count,value,low,high\r\n');
});

describe('a response rate that differs', () => {
  const marked = (second: ReportRow['responseDiffers']): ReportDocument => ({
    ...report,
    rows: [
      { ...row('Ada', 20, 16, 'no'), responseDiffers: 'no' },
      { ...row('Bo', 12, 9, 'no'), ...counts(12, 9, 60), responseDiffers: second },
      { ...row('Cy', 1, 1, 'too_few'), responseDiffers: 'too_few' },
    ],
  });
  const lines = (second: ReportRow['responseDiffers'], columns?: number): string[] =>
    reportView(marked(second), screen(columns === undefined ? {} : { columns })).split('\n');

  test('is a word beside it, and a line says of whom', () => {
    expect(lines('below', 80).filter((line) => /^(Agent|Ada|Bo|Cy) /.test(line))).toEqual([
      'Agent  Score                  95%  Answers  Response            95%  Differs',
      'Ada      80%  ████████░░   58–92%       20       50%         35–65%  no',
      'Bo       75%  ████████░░   47–91%       12       20%  below  12–32%  no',
      'Cy      100%  ██████████  21–100%        1       50%          9–91%  too few',
    ]);
    expect(lines('below').at(-1 - 4)).toMatch(/^Response "below" or "above": /);
    expect(lines('above', 80).find((line) => line.startsWith('Bo'))).toContain('20%  above');
  });

  test('stands beside its figure on a narrow terminal', () => {
    expect(lines('below', 50).find((line) => line.includes('20%'))).toMatch(/Response +20% below$/);
    for (const line of lines('below', 50)) expect(stringWidth(line), line).toBeLessThanOrEqual(50);
  });

  test('is none: that is said, too, unless all rows are too small', () => {
    expect(lines('no').join('\n')).toContain('Response: no row differs from all others who were asked');
    expect(lines('no').join('\n')).not.toContain('below');
    expect(reportView(report, screen())).not.toContain('Response:');
  });

  test('is the last column of the CSV', () => {
    const csv = reportCsv(marked('below'), 'rows').split('\r\n');
    expect(csv.slice(0, 4).map((line) => line.split(',').at(-1))).toEqual([
      'responseDiffers',
      'no',
      'below',
      'too_few',
    ]);
    expect(reportCsv({ ...report, by: [], rows: [] }, 'rows')).not.toContain('iffers');
  });
});
