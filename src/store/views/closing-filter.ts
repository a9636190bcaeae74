import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import type { ReminderState } from '../../domain/closing/reminder-state.ts';
import type { ClosingState } from '../../domain/closing/transitions.ts';
import type { LedgerTables } from '../ledger/tables.ts';

/** Selects the closings that meet every condition given. Any one value of a list is enough. */
export interface ClosingFilter {
  states?: readonly ClosingState[];
  /** Closed at this time or later. */
  since?: string;
  /** Closed before this time. */
  until?: string;
  /** The message left, or may have left, at this time or later. */
  sentSince?: string;
  /** The message left, or may have left, before this time. */
  sentUntil?: string;
  /** Ids of closings. */
  ids?: readonly string[];
  /** The agents who get the rating. */
  agentIds?: readonly string[];
  inboxIds?: readonly string[];
  topicIds?: readonly string[];
  channels?: readonly string[];
  brands?: readonly string[];
  /** States of the survey's reminder. */
  reminders?: readonly ReminderState[];
  /** Ratings of the newest answer. */
  ratings?: readonly number[];
  /** The newest answer came at this time or later. */
  answeredSince?: string;
  /** The newest answer came before this time. */
  answeredUntil?: string;
  /** The newest answer has a comment that contains this text, ignoring case; '' is in every comment. */
  comment?: string;
  /** Nobody has noted since the newest answer that nothing is left to do. */
  open?: boolean;
  limit?: number;
}

type Builder = ExpressionBuilder<LedgerTables, 'closings'>;
type Condition = Expression<SqlBool>;

/**
 * The column that leads to the closings. Each of its values has a stretch of its own in an index, in the order of the
 * list; every other condition is checked on the rows of that stretch.
 */
export interface Lead {
  column: 'id' | 'rating' | 'reminder' | 'agent_id' | 'state' | 'inbox_id' | 'channel' | 'brand' | 'topic_id';
  values: readonly (string | number)[];
}

/** The lead that leaves the fewest closings; null: all closings in the order of their time. */
export function leadOf(filter: ClosingFilter): Lead | null {
  const leads: readonly [Lead['column'], Lead['values'] | undefined][] = [
    ['rating', filter.ratings],
    ['reminder', filter.reminders],
    ['agent_id', filter.agentIds],
    ['topic_id', filter.topicIds],
    ['state', filter.states],
    ['inbox_id', filter.inboxIds],
    ['brand', filter.brands],
    ['channel', filter.channels],
  ];
  // These select few closings, whatever else is given.
  const { ids, answeredSince, sentSince } = filter;
  if (ids !== undefined || answeredSince !== undefined || sentSince !== undefined) return null;
  for (const [column, values] of leads) {
    if (values !== undefined) return { column, values: [...new Set(values)] };
  }
  return null;
}

/** Where a row of the lead has the time and the id of its closing. */
export interface Place {
  time: 'closings.closed_at' | 'closing_topics.closed_at';
  id: 'closings.id' | 'closing_topics.closing_id';
}

export function placeOf(lead: Lead | null): Place {
  return lead?.column === 'topic_id'
    ? { time: 'closing_topics.closed_at', id: 'closing_topics.closing_id' }
    : { time: 'closings.closed_at', id: 'closings.id' };
}

/** All conditions except those on the lead and on the time of closing, the cheapest first. */
export function conditionsOf(eb: Builder, filter: ClosingFilter, lead: Lead | null): Condition[] {
  const { ids, topicIds, answeredSince, answeredUntil, comment, open, sentSince, sentUntil } = filter;
  const columns = [
    ['rating', filter.ratings],
    ['agent_id', filter.agentIds],
    ['state', filter.states],
    ['inbox_id', filter.inboxIds],
    ['brand', filter.brands],
    ['channel', filter.channels],
  ] as const;
  const others = columns.flatMap(([column, values]) =>
    values === undefined || lead?.column === column ? [] : [[column, values] as const],
  );
  const conditions: Condition[] =
    lead !== null && others.length > 0
      ? [inIndex(eb, others, placeOf(lead))]
      : others.map(([column, values]) => unled(`closings.${column}`, values));
  conditions.push(isListed(eb));
  if (filter.reminders !== undefined && lead?.column !== 'reminder')
    conditions.push(eb('closings.reminder', 'in', filter.reminders));
  if (ids !== undefined) conditions.push(eb('closings.id', 'in', ids));
  if (sentSince !== undefined || sentUntil !== undefined) {
    conditions.push(sentWithin(eb, sentSince, sentUntil));
  }
  if (answeredSince !== undefined || answeredUntil !== undefined) {
    conditions.push(...answeredWithin(eb, answeredSince, answeredUntil));
  }
  if (comment !== undefined) {
    const like = `%${comment.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    conditions.push(
      newestAnswer(eb, sql`lower(newest.comment) LIKE ${like} ESCAPE '\\' AND newest.comment <> ''`),
    );
  }
  if (topicIds !== undefined && lead?.column !== 'topic_id') {
    conditions.push(
      eb.exists(
        eb
          .selectFrom('closing_topics')
          .select('closing_topics.topic_id')
          .whereRef('closing_topics.closing_id', '=', 'closings.id')
          .where('closing_topics.topic_id', 'in', topicIds),
      ),
    );
  }
  // Nobody can follow up with a customer who was forgotten.
  if (open === true) conditions.push(eb.not(followedUp(eb)), eb('closings.forgotten_at', 'is', null));
  return conditions;
}

function sentWithin(eb: Builder, since: string | undefined, until: string | undefined): Condition {
  const at = sql<string>`coalesce(closings_sent.sent_at, closings_sent.left_at)`;
  let sent = eb.selectFrom('closings as closings_sent').select('closings_sent.id').where(at, 'is not', null);
  if (since !== undefined) sent = sent.where(at, '>=', since);
  if (until !== undefined) sent = sent.where(at, '<', until);
  return eb('closings.id', 'in', sent);
}

/**
 * If only the end is given, no index of answers leads to the closings: the range may hold every answer there ever was.
 */
function answeredWithin(eb: Builder, since: string | undefined, until: string | undefined): Condition[] {
  const ends = [
    ...(since === undefined ? [] : [sql`newest.answered_at >= ${since}`]),
    ...(until === undefined ? [] : [sql`newest.answered_at < ${until}`]),
  ];
  const newest = newestAnswer(eb, sql.join(ends, sql` AND `));
  if (since === undefined) return [newest];
  let within = eb.selectFrom('answers').select('survey_id').where('answered_at', '>=', since);
  if (until !== undefined) within = within.where('answered_at', '<', until);
  return [eb('closings.survey_id', 'in', within), newest];
}

/**
 * Checks all of these in one step of the index of a range, which is in the order of time as well: a closing that does
 * not meet them costs no read of its row, however many such closings there are.
 */
function inIndex(
  eb: Builder,
  others: readonly (readonly [column: FilteredColumn, values: readonly unknown[]])[],
  { time, id }: Place,
): Condition {
  const same = eb
    .selectFrom('closings as same')
    .select(sql.lit(1).as('one'))
    .where(sql<SqlBool>`same.closed_at = ${sql.ref(time)}`)
    // Keeps SQLite from using the index of ids, which would lead to the row.
    .where(sql<SqlBool>`same.id || '' = ${sql.ref(id)}`)
    .where((of) => of.and(others.map(([column, values]) => unled(`same.${column}`, values))));
  // SQLite turns an EXISTS into a join, and then checks the other conditions on the row first.
  return sql<SqlBool>`${same} IS NOT NULL`;
}

type FilteredColumn = Exclude<Lead['column'], 'id' | 'topic_id' | 'reminder'>;

/** Keeps SQLite from using the column's index, whose stretch may be far longer than the lead's. */
function unled(column: `${'closings' | 'same'}.${FilteredColumn}`, values: readonly unknown[]): Condition {
  const none = sql.lit(column.endsWith('.rating') ? 0 : '');
  return sql<SqlBool>`coalesce(${sql.ref(column)}, ${none}) IN (${sql.join(values)})`;
}

/** A trial is left out once the live lane knows the closing. */
function isListed(eb: Builder): Condition {
  return eb.or([
    eb('closings.lane', '=', 'live'),
    eb.not(
      eb.exists(
        eb
          .selectFrom('closings as live')
          .select('live.id')
          .whereRef('live.conversation_id', '=', 'closings.conversation_id')
          .whereRef('live.closed_at', '=', 'closings.closed_at')
          .where('live.lane', '=', 'live'),
      ),
    ),
  ]);
}

function newestAnswer(eb: Builder, condition: ReturnType<typeof sql>): Condition {
  return eb.exists(
    eb
      .selectFrom('answers as newest')
      .select('newest.survey_id')
      .whereRef('newest.survey_id', '=', 'closings.survey_id')
      .where('newest.revision', '=', (of) =>
        of
          .selectFrom('answers as every')
          .select(({ fn }) => fn.max('every.revision').as('revision'))
          .whereRef('every.survey_id', '=', 'closings.survey_id'),
      )
      .where(sql<SqlBool>`${condition}`),
  );
}

/** A note counts from the newest answer on: a customer who changes the answer says something new. */
function followedUp(eb: Builder): Condition {
  return eb.exists(
    eb
      .selectFrom('notes')
      .select('notes.at')
      .whereRef('notes.closing_id', '=', 'closings.id')
      .where('notes.done', '=', 1)
      .where('notes.at', '>=', (of) =>
        of
          .selectFrom('answers')
          .select(({ fn }) => fn.max('answers.answered_at').as('at'))
          .whereRef('answers.survey_id', '=', 'closings.survey_id'),
      ),
  );
}
