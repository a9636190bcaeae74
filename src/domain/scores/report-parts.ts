/** What rows can be grouped by, in the order in which it is offered. */
export const reportFields = [
  'agent',
  'inbox',
  'topic',
  'channel',
  'brand',
  'day',
  'week',
  'month',
  'reason',
] as const;

export type ReportField = (typeof reportFields)[number];

/** The tables of a report that can be written as CSV. */
export const reportTables = ['rows', 'reasons', 'credit', 'followUp', 'lowReasons', 'questions'] as const;

export type ReportTable = (typeof reportTables)[number];

/** Whether closings that were imported from another survey program count. */
export const importChoices = ['with', 'without', 'only'] as const;

export type ImportChoice = (typeof importChoices)[number];
