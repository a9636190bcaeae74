import { timeAt } from '../../domain/values/instant.ts';
import type {
  ReportCounts,
  ReportCredit,
  ReportDocument,
  ReportField,
  ReportFilters,
  ReportName,
  ReportPrevious,
  ReportRow,
} from '../../documents/report.ts';
import { reasonCodes, type ReasonCode } from '../../domain/closing/reason.ts';
import { followUpOf } from '../../domain/scores/follow-up.ts';
import { changeOf } from '../../domain/scores/change.ts';
import { differencesOf } from '../../domain/scores/differs.ts';
import { shareOf } from '../../domain/scores/share.ts';
import {
  answersOf,
  noCounts,
  meanOf,
  satisfiedOf,
  sumOf,
  type GroupCounts,
} from '../../domain/scores/group-counts.ts';
import { calendarFields, periodKey } from '../../domain/values/calendar.ts';
import type { TimeRange } from '../../domain/values/time-range.ts';
import type { Ledger, Reading } from '../../store/ledger/ledger.ts';
import {
  countGroups,
  countReasons,
  isOfCalendar,
  type CountedGroup,
  type ScoreCohort,
  type ScoreField,
} from '../../store/views/score-counts.ts';
import { lowReasonCounts, questionCounts } from '../../store/views/form-counts.ts';
import { creditPairs, followUps, hasTrialIn, namesIn } from '../../store/views/score-details.ts';
import { lowReasonsOf, questionsOf } from './form-answers.ts';
import { collator, compareOrders, keyOf, namesFor, orderOf } from './report-keys.ts';

export interface ReportQuestion {
  range: TimeRange;
  /** IANA time zone for days, weeks and months. */
  timezone: string;
  /** None, one or two. */
  by: readonly ReportField[];
  filters: ReportFilters;
  /** How many answers a row needs before it is compared. */
  minimum: number;
  /** The lowest rating that counts as satisfied. */
  satisfiedFrom: number;
  /** Ratings up to this one are followed up. */
  lowRating: number;
  /** Also counts the range of the same length right before. */
  withPrevious: boolean;
  /** Also counts what crediting the assignee would change. */
  withCredit: boolean;
}

/** The whole report, from one moment of the ledger. */
export async function reportOf(
  ledger: Pick<Ledger, 'read'>,
  question: ReportQuestion,
): Promise<ReportDocument> {
  return ledger.read(async (db) => {
    const { range, timezone, by, filters, minimum, satisfiedFrom, lowRating } = question;
    const cohort = cohortOf(question);
    const counted = await countGroups(db, cohort, countedBy(by), timezone);
    const groups = merged(by, counted);
    // If groups overlap, each closing counts overall only in the group marked as its first.
    const once = counted.filter(({ isFirst }) => isFirst);
    const overall = once.map(({ counts }) => counts).reduce(sumOf, noCounts);
    return {
      range: { ...range, timezone },
      by,
      overlapping: by.includes('topic'),
      minimum,
      satisfiedFrom,
      filters,
      overall: countsOf(overall, satisfiedFrom),
      rows: by.length === 0 ? [] : await rowsOf(db, question, groups, overall),
      reasons: reasonsOf(await countReasons(db, cohort)),
      previous: question.withPrevious ? await previousOf(db, question, overall) : null,
      credit: question.withCredit ? await creditOf(db, cohort) : null,
      followUp: { lowRating, ...followUpOf(await followUps(db, cohort, lowRating)) },
      lowReasons: lowReasonsOf(await lowReasonCounts(db, cohort, lowRating), lowRating),
      questions: questionsOf(await questionCounts(db, cohort)),
    };
  });
}

/** Whether a report is empty although the ledger has closings in its range: trials never count. */
export async function hasOnlyTrials(
  ledger: Ledger,
  { overall, range }: Pick<ReportDocument, 'overall' | 'range'>,
): Promise<boolean> {
  return overall.closed === 0 && (await ledger.read((db) => hasTrialIn(db, range)));
}

export function cohortOf({ range, filters }: Pick<ReportQuestion, 'range' | 'filters'>): ScoreCohort {
  const ids = (names: readonly ReportName[]): string[] => names.map(({ id }) => id);
  return {
    since: range.since,
    until: range.until,
    filters: {
      agents: ids(filters.agents),
      inboxes: ids(filters.inboxes),
      topics: ids(filters.topics),
      channels: filters.channels,
      brands: filters.brands,
      imported: filters.imported,
    },
  };
}

function countsOf(counts: GroupCounts, satisfiedFrom: number): ReportCounts {
  const { ratings, resolved, unresolved, reminded, remindedAnswered, ...reported } = counts;
  const answers = answersOf(counts);
  const [one, two, three, four, five] = ratings;
  return {
    ...reported,
    reminded: shareOf(remindedAnswered, reminded),
    responseRate: shareOf(counts.answered, counts.asked),
    csat: shareOf(satisfiedOf(counts, satisfiedFrom), answers),
    mean: meanOf(counts),
    distribution: { '1': one, '2': two, '3': three, '4': four, '5': five },
    resolved: { yes: resolved, no: unresolved, unsaid: answers - resolved - unresolved },
  };
}

function reasonsOf(counted: Awaited<ReturnType<typeof countReasons>>): ReportDocument['reasons'] {
  const counts: Partial<Record<ReasonCode, number>> = {};
  for (const { codes, closings } of counted) {
    for (const code of codesOf(codes)) counts[code] = (counts[code] ?? 0) + closings;
  }
  return counts;
}

/** In the order in which reasons are listed. */
function codesOf(reasons: string | null): ReasonCode[] {
  const given = reasons?.split(',') ?? [];
  return reasonCodes.filter((code) => given.includes(code));
}

async function rowsOf(
  db: Reading,
  { by, minimum, satisfiedFrom }: ReportQuestion,
  groups: readonly MergedGroup[],
  overall: GroupCounts,
): Promise<ReportRow[]> {
  const names = await namesFor(db, by);
  const rows = groups.map(({ keys, counts }) => ({
    key: keyOf(by, keys, names),
    counts,
    order: by.map((field, index) => orderOf(names[field]?.get(keys[index] ?? '')?.name, keys[index])),
  }));
  rows.sort((one, other) => compareOrders(one.order, other.order));
  const compared = (partOf: (counts: GroupCounts) => { count: number; of: number }) => {
    const parts = rows.map(({ counts }) => partOf(counts));
    return by.every(isCompared) ? differencesOf(parts, partOf(overall), minimum) : null;
  };
  const scores = compared((counts) => ({ count: satisfiedOf(counts, satisfiedFrom), of: answersOf(counts) }));
  const responses = compared(({ answered, asked }) => ({ count: answered, of: asked }));
  return rows.map(({ key, counts }, index) => ({
    key,
    ...countsOf(counts, satisfiedFrom),
    differs: scores?.[index] ?? null,
    responseDiffers: responses?.[index] ?? null,
  }));
}

/** Rows by time or by reason are not compared: no one is responsible for their score. */
export function isCompared(field: ReportField): boolean {
  return !isOfCalendar(field) && field !== 'reason';
}

/** With two calendar fields, days are counted and then combined. */
function countedBy(by: readonly ReportField[]): ScoreField[] {
  const calendar = by.filter(isOfCalendar);
  const [only = null] = calendar.length === 1 ? calendar : [];
  const others = by.flatMap((field): ScoreField[] =>
    isOfCalendar(field) ? [] : [field === 'reason' ? 'reasons' : field],
  );
  return calendar.length === 0 ? others : [...others, only ?? 'day'];
}

type MergedGroup = Pick<CountedGroup, 'keys' | 'counts'>;

/** Merges the counted groups into rows: by the first reason instead of all reasons, and in the order of `by`. */
function merged(by: readonly ReportField[], groups: readonly CountedGroup[]): MergedGroup[] {
  const counted = countedBy(by);
  const found = new Map<string, MergedGroup>();
  for (const { keys: given, counts } of groups) {
    const keys = by.map((field) => {
      if (!isOfCalendar(field)) {
        const key = given[counted.indexOf(field === 'reason' ? 'reasons' : field)] ?? null;
        return field === 'reason' ? (codesOf(key)[0] ?? null) : key;
      }
      const at = counted.findIndex((one) => (calendarFields as readonly string[]).includes(one));
      const key = given[at] ?? '';
      return counted[at] === field ? key : periodKey(key, field);
    });
    const id = JSON.stringify(keys);
    const known = found.get(id);
    found.set(id, { keys, counts: known === undefined ? counts : sumOf(known.counts, counts) });
  }
  return [...found.values()];
}

/** The range of the same length right before. */
async function previousOf(
  db: Reading,
  question: ReportQuestion,
  overall: GroupCounts,
): Promise<ReportPrevious> {
  const { range, timezone, satisfiedFrom } = question;
  const begins = 2 * Date.parse(range.since) - Date.parse(range.until);
  const before = { since: timeAt(begins), until: range.since };
  const [counted] = await countGroups(db, cohortOf({ ...question, range: before }), [], timezone);
  const counts = countsOf(counted?.counts ?? noCounts, satisfiedFrom);
  const change = changeOf(countsOf(overall, satisfiedFrom).csat, counts.csat);
  return { range: { ...before, timezone }, overall: counts, change };
}

async function creditOf(db: Reading, cohort: ScoreCohort): Promise<ReportCredit> {
  const pairs = await creditPairs(db, cohort);
  const names = new Map((await namesIn(db, 'agent')).map(({ id, name }) => [id, name]));
  const named = (id: string): ReportName => ({ id, name: names.get(id) ?? null });
  const sum = (some: typeof pairs): number => some.reduce((all, { answers }) => all + answers, 0);
  const moved = pairs.flatMap(({ responderId, assigneeId, answers }) =>
    assigneeId === null || assigneeId === responderId
      ? []
      : [
          {
            responder: responderId === null ? null : named(responderId),
            assignee: named(assigneeId),
            answers,
          },
        ],
  );
  const textOf = ({ responder, assignee }: (typeof moved)[number]): string =>
    [responder?.name, responder?.id, assignee.name, assignee.id].join(' ');
  moved.sort((one, other) => other.answers - one.answers || collator.compare(textOf(one), textOf(other)));
  return {
    answers: sum(pairs),
    moved: moved.reduce((all, { answers }) => all + answers, 0),
    unassigned: sum(pairs.filter(({ assigneeId }) => assigneeId === null)),
    pairs: moved,
  };
}
