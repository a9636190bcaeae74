import { sql, type RawBuilder } from 'kysely';
import { timeAt } from '../../domain/values/instant.ts';
import type { ImportChoice } from '../../domain/scores/report-parts.ts';
import type { GroupCounts } from '../../domain/scores/group-counts.ts';
import { calendarFields, periodsOf, type CalendarField } from '../../domain/values/calendar.ts';
import type { Reading } from '../ledger/ledger.ts';

/** Which closings of the live lane are counted, by their own time. Filters hold ids; an empty list filters nothing. */
export interface ScoreCohort {
  since: string;
  until: string;
  filters: {
    agents: readonly string[];
    inboxes: readonly string[];
    topics: readonly string[];
    channels: readonly string[];
    brands: readonly string[];
    /** Which imported closings are counted; `with` if left out. */
    imported?: ImportChoice;
  };
}

/** `reasons`: all codes of a suppressed closing, joined by commas. */
export type ScoreField = 'agent' | 'inbox' | 'topic' | 'channel' | 'brand' | 'reasons' | CalendarField;

export interface CountedGroup {
  /** In the order of the fields. */
  keys: (string | null)[];
  /**
   * By topic, a closing may be in several groups, one of which is its first; without topics, every group is a first
   * one.
   */
  isFirst: boolean;
  counts: GroupCounts;
}

type Counted = Exclude<keyof GroupCounts, 'ratings'> | 'one' | 'two' | 'three' | 'four' | 'five';

/** Sums are numbers or, in some databases, numbers as text. */
type CountedRow = Record<Counted, number | string> &
  Record<`key_${number}`, string | null> & { is_first: number | string };

/**
 * Counts the closings of a cohort, grouped by the fields, of which at most one is a calendar field. Every report is
 * counted here, so that every grouping and filter has the same denominator: each closing has one group that is its
 * first and, by topic, perhaps others.
 */
export async function countGroups(
  db: Reading,
  cohort: ScoreCohort,
  by: readonly ScoreField[],
  timeZone: string,
): Promise<CountedGroup[]> {
  const calendar = by.find(isOfCalendar);
  const periods = calendar === undefined ? null : await periodsIn(db, cohort, calendar, timeZone);
  if (periods?.length === 0) return [];
  const isByTopic = by.includes('topic');
  const keys = by.map((field, index) => sql`${keyOf(field)} AS ${sql.ref(`key_${index}`)}`);
  const groups = by.map((_, index) => sql.ref(`key_${index}`));
  if (isByTopic) {
    keys.push(sql`${isFirstTopic} AS is_first`);
    groups.push(sql.ref('is_first'));
  }
  const rows = await sql<CountedRow>`
    ${periods === null ? sql`` : sql`WITH period (name, since, until) AS (VALUES ${sql.join(periods)})`}
    SELECT ${sql.join([...keys, ...counted])}
    FROM ${periods === null ? sql`` : sql`period CROSS JOIN`} closings AS closing
    ${isByTopic ? sql`LEFT JOIN closing_topics AS topic ON ${isTopicOf('topic')}` : sql``}
    LEFT JOIN answers AS answer ON closing.state = 'answered' AND ${isNewestAnswer}
    WHERE ${isOf(cohort, periods === null ? boundsOf(cohort) : boundsOfPeriod)}
    ${by.length === 0 ? sql`` : sql`GROUP BY ${sql.join(groups)}`}`.execute(db);
  return rows.rows
    .filter(({ closed }) => Number(closed) > 0)
    .map((row) => ({
      keys: by.map((_, index) => row[`key_${index}`] ?? null),
      isFirst: !isByTopic || Number(row.is_first) === 1,
      counts: groupCountsOf(row),
    }));
}

export function isOfCalendar(field: string): field is CalendarField {
  return (calendarFields as readonly string[]).includes(field);
}

/** How many closings were suppressed for which reasons, as they are stored: their codes, joined by commas. */
export async function countReasons(
  db: Reading,
  cohort: ScoreCohort,
): Promise<{ codes: string; closings: number }[]> {
  const { rows } = await sql<{ codes: string; closings: number | string }>`
    SELECT closing.reason_codes AS codes, count(*) AS closings FROM closings AS closing
    WHERE ${isOf(cohort)} AND closing.state = 'suppressed' GROUP BY closing.reason_codes`.execute(db);
  return rows.map(({ codes, closings }) => ({ codes, closings: Number(closings) }));
}

/** Whether `answer` is the newest answer of the closing that is being counted. */
export const isNewestAnswer = sql`answer.survey_id = closing.survey_id AND answer.revision =
  (SELECT max(every.revision) FROM answers AS every WHERE every.survey_id = closing.survey_id)`;

/** Finds the counted closing's topics by its time, so that the topics read next are beside those read last. */
function isTopicOf(alias: 'topic' | 'first'): RawBuilder<unknown> {
  return sql`${sql.ref(`${alias}.closed_at`)} = closing.closed_at AND ${sql.ref(`${alias}.closing_id`)} = closing.id`;
}

/** Having no topic counts as a topic. */
const isFirstTopic = sql`CASE WHEN topic.topic_id IS NULL THEN 1
  WHEN topic.topic_id = (SELECT min(first.topic_id) FROM closing_topics AS first WHERE ${isTopicOf('first')}) THEN 1
  ELSE 0 END`;

interface Bounds {
  since: RawBuilder<unknown>;
  until: RawBuilder<unknown>;
}

function boundsOf({ since, until }: Pick<ScoreCohort, 'since' | 'until'>): Bounds {
  return { since: sql`${since}`, until: sql`${until}` };
}

/**
 * Periods lie within the range: with the ends of the range as further conditions, each would be searched for in all of
 * it.
 */
const boundsOfPeriod: Bounds = { since: sql`period.since`, until: sql`period.until` };

/** The closings of a cohort. */
export function isOf(cohort: ScoreCohort, { since, until }: Bounds = boundsOf(cohort)): RawBuilder<unknown> {
  const among = (column: string, ids: readonly string[]): RawBuilder<unknown>[] =>
    ids.length === 0 ? [] : [sql`${sql.ref(column)} IN (${sql.join([...ids])})`];
  // An inbox may have a third of all closings: reading their rows would cost more than walking the index of the whole
  // range.
  const unled = (column: string, ids: readonly string[]): RawBuilder<unknown>[] =>
    ids.length === 0 ? [] : [sql`coalesce(${sql.ref(column)}, '') IN (${sql.join([...ids])})`];
  const { agents, inboxes, topics, channels, brands } = cohort.filters;
  const conditions = [
    sql`closing.lane = 'live'`,
    sql`closing.closed_at >= ${since}`,
    sql`closing.closed_at < ${until}`,
    ...among('closing.agent_id', agents),
    ...unled('closing.inbox_id', inboxes),
    ...unled('closing.channel', channels),
    ...unled('closing.brand', brands),
    ...(cohort.filters.imported === 'without' ? [sql`closing.imported IS NULL`] : []),
    ...(cohort.filters.imported === 'only' ? [sql`closing.imported IS NOT NULL`] : []),
    ...(topics.length === 0
      ? []
      : [
          sql`closing.id IN (SELECT closing_id FROM closing_topics
            WHERE topic_id IN (${sql.join([...topics])}) AND closed_at >= ${since} AND closed_at < ${until})`,
        ]),
  ];
  return sql.join(conditions, sql` AND `);
}

function keyOf(field: ScoreField): RawBuilder<unknown> {
  switch (field) {
    case 'agent':
      return sql`closing.agent_id`;
    case 'inbox':
      return sql`closing.inbox_id`;
    case 'topic':
      return sql`topic.topic_id`;
    case 'channel':
      return sql`closing.channel`;
    case 'brand':
      return sql`closing.brand`;
    case 'reasons':
      return sql`CASE WHEN closing.state = 'suppressed' THEN closing.reason_codes END`;
    case 'day':
    case 'week':
    case 'month':
      return sql`period.name`;
  }
}

/** Only periods between the first and the last closing: a range may begin long before the first. */
async function periodsIn(
  db: Reading,
  { since, until }: ScoreCohort,
  field: CalendarField,
  timeZone: string,
): Promise<RawBuilder<unknown>[]> {
  const inRange = db
    .selectFrom('closings')
    .select('closed_at')
    .where('closed_at', '>=', since)
    .where('closed_at', '<', until)
    .limit(1);
  const first = await inRange.orderBy('closed_at').executeTakeFirst();
  const last = await inRange.orderBy('closed_at', 'desc').executeTakeFirst();
  if (first === undefined || last === undefined) return [];
  const end = timeAt(Date.parse(last.closed_at) + 1);
  // Literals: the texts are our own, and there may be more of them than a statement takes parameters.
  return periodsOf({ since: first.closed_at, until: end }, field, timeZone).map(
    (period) => sql`(${sql.lit(period.key)}, ${sql.lit(period.since)}, ${sql.lit(period.until)})`,
  );
}

function sumWhere(condition: RawBuilder<unknown>, name: string): RawBuilder<unknown> {
  return sql`sum(CASE WHEN ${condition} THEN 1 ELSE 0 END) AS ${sql.ref(name)}`;
}

const isOut = sql`closing.state IN ('sending', 'sent', 'uncertain')`;
const isAnswered = sql`closing.state = 'answered' AND closing.provider IS NOT NULL`;
const isReminded = sql`closing.reminded_at IS NOT NULL`;
const isVisited = sql`EXISTS (SELECT 1 FROM visits
  WHERE visits.survey_id = closing.survey_id AND visits.kind <> 'scanner')`;

const counted = [
  sql`count(*) AS closed`,
  sumWhere(sql`closing.state = 'suppressed'`, 'suppressed'),
  sumWhere(sql`closing.state IN ('pending', 'scheduled', 'failed')`, 'waiting'),
  sumWhere(sql`${isOut} OR (${isAnswered})`, 'asked'),
  // An answer shows that the survey was opened, even if the visit was not recorded.
  sumWhere(sql`(${isAnswered}) OR (${isOut} AND ${isVisited})`, 'opened'),
  sumWhere(isAnswered, 'answered'),
  sumWhere(sql`closing.state = 'answered' AND closing.provider IS NULL`, 'unasked'),
  sumWhere(isReminded, 'reminded'),
  sumWhere(sql`${isReminded} AND closing.state = 'answered'`, 'remindedAnswered'),
  ...['one', 'two', 'three', 'four', 'five'].map((name, index) =>
    sumWhere(sql`answer.rating = ${sql.lit(index + 1)}`, name),
  ),
  sumWhere(sql`answer.resolved = 1`, 'resolved'),
  sumWhere(sql`answer.resolved = 0`, 'unresolved'),
];

function groupCountsOf(row: CountedRow): GroupCounts {
  return {
    closed: Number(row.closed),
    suppressed: Number(row.suppressed),
    waiting: Number(row.waiting),
    asked: Number(row.asked),
    opened: Number(row.opened),
    answered: Number(row.answered),
    unasked: Number(row.unasked),
    reminded: Number(row.reminded),
    remindedAnswered: Number(row.remindedAnswered),
    ratings: [Number(row.one), Number(row.two), Number(row.three), Number(row.four), Number(row.five)],
    resolved: Number(row.resolved),
    unresolved: Number(row.unresolved),
  };
}
