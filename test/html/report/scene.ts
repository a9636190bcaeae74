import type {
  ReportCounts,
  ReportDocument,
  ReportKey,
  ReportRow,
  ReportShare,
} from '../../../src/documents/report.ts';
import type { LowComment, ReportPage } from '../../../src/html/report/page.ts';

export const range = {
  since: '2026-11-01T07:00:00.000Z',
  until: '2026-11-29T08:00:00.000Z',
  timezone: 'America/Los_Angeles',
};

/** How many answers gave one star, two stars, … */
type Ratings = readonly [number, number, number, number, number];

export function share(count: number, of: number): ReportShare {
  if (of === 0) return { of, count, value: null, low: null, high: null };
  const z2 = 1.959963984540054 ** 2;
  const value = count / of;
  const middle = (value + z2 / (2 * of)) / (1 + z2 / of);
  const half = Math.sqrt((z2 / of) * value * (1 - value) + (z2 / of / 2) ** 2) / (1 + z2 / of);
  return { of, count, value, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Half of the surveyed customers answer, and as many closings again get no survey. */
export function counts(ratings: Ratings): ReportCounts {
  const answered = ratings.reduce((sum, times) => sum + times, 0);
  const asked = answered * 2;
  const [one, two, three, four, five] = ratings;
  const total = one + 2 * two + 3 * three + 4 * four + 5 * five;
  return {
    closed: asked + answered,
    suppressed: answered,
    waiting: 0,
    asked,
    opened: Math.round(asked * 0.7),
    answered,
    unasked: 0,
    reminded: share(0, 0),
    responseRate: share(answered, asked),
    csat: share(four + five, answered),
    mean: answered === 0 ? null : total / answered,
    distribution: { 1: one, 2: two, 3: three, 4: four, 5: five },
    resolved: { yes: four + five, no: one + two, unsaid: three },
  };
}

export function rowOf(key: ReportKey, ratings: Ratings, differs: ReportRow['differs'] = null): ReportRow {
  return { key, ...counts(ratings), differs, responseDiffers: differs === null ? null : 'no' };
}

export const agent = (name: string): ReportKey => ({ agent: { id: name, name, email: null } });

function sumOf(rows: readonly ReportRow[]): ReportCounts {
  const total = (rating: '1' | '2' | '3' | '4' | '5'): number =>
    rows.reduce((sum, row) => sum + row.distribution[rating], 0);
  return counts([total('1'), total('2'), total('3'), total('4'), total('5')]);
}

export function documentOf(
  by: ReportDocument['by'],
  rows: readonly ReportRow[],
  more: Partial<ReportDocument> = {},
): ReportDocument {
  const overall = sumOf(rows);
  return {
    range,
    by,
    overlapping: false,
    minimum: 10,
    satisfiedFrom: 4,
    filters: { agents: [], inboxes: [], topics: [], channels: [], brands: [], imported: 'with' },
    overall,
    rows,
    reasons:
      overall.suppressed === 0
        ? {}
        : { opt_out_topic: overall.suppressed, recently_surveyed: Math.ceil(overall.suppressed / 3) },
    previous: null,
    credit: null,
    followUp: { lowRating: 2, open: 0, done: 0, forgotten: 0, medianSeconds: null },
    lowReasons: { lowRating: 2, of: 0, unsaid: 0, reasons: [] },
    questions: [],
    ...more,
  };
}

export function lowComment(more: Partial<LowComment> = {}): LowComment {
  return {
    rating: 1,
    comment: 'I waited 40 minutes and was then sent to another team.',
    answeredAt: '2026-11-20T18:30:00.000Z',
    agent: 'Maria Lopez',
    resolved: false,
    reason: null,
    conversationId: 'c-1041',
    conversationUrl: 'https://acme.gladly.com/customer/k1/conversation/c-1041',
    ...more,
  };
}

const team: readonly (readonly [string, Ratings, ReportRow['differs']])[] = [
  ['Aiko Tanaka', [0, 1, 2, 14, 41], 'no'],
  ['Ben Okafor', [6, 7, 6, 11, 18], 'below'],
  ['Chloé Dubois', [1, 0, 2, 9, 30], 'no'],
  ['Dana Whitfield', [0, 1, 0, 2, 4], 'too_few'],
  ['Elif Yıldız', [2, 1, 3, 12, 25], 'no'],
  ['Farid Haddad', [0, 0, 1, 22, 71], 'above'],
  ['Grace Kim', [3, 2, 4, 16, 37], 'no'],
  ['Hugo Lindqvist', [1, 1, 1, 5, 9], 'no'],
  ['Ines Carvalho', [2, 2, 3, 19, 44], 'no'],
  ['Jamal Brooks', [0, 0, 0, 1, 1], 'too_few'],
  ['Maria Lopez', [4, 3, 5, 20, 39], 'no'],
];

const day = (index: number): string => new Date(Date.UTC(2026, 10, 1 + index)).toISOString().slice(0, 10);

/** A month of a team of eleven. */
export function ordinaryPage(more: Partial<ReportPage> = {}): ReportPage {
  const rows = team.map(([name, ratings, differs]) => rowOf(agent(name), ratings, differs));
  const groups = documentOf(['agent'], rows, {
    previous: {
      range: {
        since: '2026-10-04T07:00:00.000Z',
        until: '2026-11-01T07:00:00.000Z',
        timezone: range.timezone,
      },
      overall: counts([21, 20, 30, 121, 299]),
      change: { value: 0.0127, low: -0.0316, high: 0.0571 },
    },
  });
  return {
    organization: 'Acme Outdoor',
    brand: { color: null, logo: null },
    generatedAt: '2026-11-29T21:30:00.000Z',
    trend: documentOf(['day'], daysOf(groups.overall)),
    groups,
    low: {
      atMost: 2,
      total: 14,
      comments: [
        lowComment(),
        lowComment({
          agent: 'Ben Okafor',
          conversationId: 'c-2208',
          resolved: null,
          comment:
            'Nobody read what I wrote. I had to explain my return three times, and in the end I got a link to the page that I had come from.',
        }),
        lowComment({
          rating: 2,
          agent: 'Grace Kim',
          conversationId: 'c-977',
          comment: 'Friendly, but my order is still lost.',
        }),
        lowComment({
          rating: 2,
          agent: null,
          conversationId: 'c-2010',
          comment: 'شكرا, but slow',
          conversationUrl: null,
        }),
      ],
    },
    ...more,
  };
}

/** The same answers, spread over the days of the month; the weekends are quiet. */
function daysOf(overall: ReportCounts): ReportRow[] {
  const quiet = [0, 6, 7, 13, 14, 20, 21, 27];
  const busy = Array.from({ length: 28 }, (_, index) => index).filter((index) => !quiet.includes(index));
  const on = (times: number, place: number): number =>
    Math.floor(((place + 1) * times) / busy.length) - Math.floor((place * times) / busy.length);
  return busy.map((index, place) => {
    const { distribution } = overall;
    const slots = (place * 7) % busy.length;
    return rowOf({ day: day(index) }, [
      on(distribution[1], slots),
      on(distribution[2], (place * 3) % busy.length),
      on(distribution[3], place),
      on(distribution[4], slots),
      on(distribution[5], place),
    ]);
  });
}
