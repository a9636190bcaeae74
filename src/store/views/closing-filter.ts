import { sql, type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import type { ClosingState } from '../../domain/closing/transitions.ts';
import type { LedgerTables } from '../schema/tables.ts';

/** Which closings are meant: those that meet everything that is given. Of several values in a list, one is enough. */
export interface ClosingFilter {
  states?: readonly ClosingState[];
  /** Closed at this time or later. */
  since?: string;
  /** Closed before this time. */
  until?: string;
  /** Of closings. */
  ids?: readonly string[];
  /** Of the agent who gets the rating. */
  agentIds?: readonly string[];
  inboxIds?: readonly string[];
  topicIds?: readonly string[];
  channels?: readonly string[];
  brands?: readonly string[];
  /** Of the newest answer. */
  ratings?: readonly number[];
  /** The newest answer came at this time or later. */
  answeredSince?: string;
  /** The newest answer has a comment that contains this text, in whatever case; '' is in every comment. */
  comment?: string;
  /** Nobody has noted since the newest answer that nothing is left to do. */
  open?: boolean;
  limit?: number;
}

type Builder = ExpressionBuilder<LedgerTables, 'closings'>;
type Condition = Expression<SqlBool>;

/**
 * What leads to the closings. Each of its values has a stretch of its own in an index that is in the order of the list;
 * everything else is looked at in the rows of it.
 */
export interface Lead {
  column: 'id' | 'rating' | 'agent_id' | 'state' | 'inbox_id' | 'channel' | 'brand' | 'topic_id';
  values: readonly (string | number)[];
}

/** The one that leaves fewest; null: the closings in the order of their time. */
export function leadOf(filter: ClosingFilter): Lead | null {
  const leads: readonly [Lead['column'], Lead['values'] | undefined][] = [
    ['rating', filter.ratings],
    ['agent_id', filter.agentIds],
    ['topic_id', filter.topicIds],
    ['state', filter.states],
    ['inbox_id', filter.inboxIds],
    ['brand', filter.brands],
    ['channel', filter.channels],
  ];
  // These are few, whatever else is given.
  if (filter.ids !== undefined || filter.answeredSince !== undefined) return null;
  for (const [column, values] of leads) {
    if (values !== undefined) return { column, values: [...new Set(values)] };
  }
  return null;
}

/** All conditions but those of the lead and of the time of closing. */
export function conditionsOf(eb: Builder, filter: ClosingFilter, lead: Lead | null): Condition[] {
  const { ids, topicIds, answeredSince, comment, open } = filter;
  const columns = [
    ['rating', filter.ratings],
    ['agent_id', filter.agentIds],
    ['state', filter.states],
    ['inbox_id', filter.inboxIds],
    ['brand', filter.brands],
    ['channel', filter.channels],
  ] as const;
  const conditions: Condition[] = columns.flatMap(([column, values]) =>
    values === undefined || lead?.column === column ? [] : [unled(eb, column, values)],
  );
  if (ids !== undefined) conditions.push(eb('closings.id', 'in', ids));
  if (answeredSince !== undefined) {
    const since = eb.selectFrom('answers').select('survey_id').where('answered_at', '>=', answeredSince);
    conditions.push(eb('closings.survey_id', 'in', since));
    conditions.push(newestAnswer(eb, sql`newest.answered_at >= ${answeredSince}`));
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
  if (open === true) conditions.push(eb.not(followedUp(eb)));
  return conditions;
}

/** Not by the index of the column, which may be far longer than that of the lead. */
function unled(eb: Builder, column: keyof LedgerTables['closings'], values: readonly unknown[]): Condition {
  return sql<SqlBool>`coalesce(${eb.ref(`closings.${column}`)}, ${sql.lit(column === 'rating' ? 0 : '')}) IN (${sql.join(values)})`;
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

/** A customer who changes the answer afterwards says something new. */
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
