import type { Difference } from '../domain/scores/differs.ts';
import type { ReasonCode } from '../domain/closing/reason.ts';
import type { QuestionKind } from '../domain/eligibility/questionnaire.ts';
import type { ImportChoice, ReportField, ReportTable } from '../domain/scores/report-parts.ts';

export type { ReportField, ReportTable };

export interface ReportRange {
  readonly since: string;
  readonly until: string;
  readonly timezone: string;
}

/** Someone or something that the ledger knows by its id, and usually by its name. */
export interface ReportName {
  readonly id: string;
  readonly name: string | null;
}

/**
 * What the closings of a row have in common: one entry for each field of `by`. Null: they have none, e.g. no agent who
 * gets the rating. A day and a week (its Monday) are dates, a month is `2026-11`.
 */
export interface ReportKey {
  readonly agent?: (ReportName & { readonly email: string | null }) | null;
  readonly inbox?: ReportName | null;
  readonly topic?: ReportName | null;
  readonly channel?: string | null;
  readonly brand?: string | null;
  readonly day?: string;
  readonly week?: string;
  readonly month?: string;
  /** The first reason of a suppressed closing; null: it was not suppressed. */
  readonly reason?: ReasonCode | null;
}

/** `count` out of `of`, as a share with its 95% interval by Wilson; all three are null if `of` is 0. */
export interface ReportShare {
  readonly of: number;
  readonly count: number;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** `closed` is the sum of `suppressed`, `waiting`, `asked` and `unasked`. */
export interface ReportCounts {
  readonly closed: number;
  readonly suppressed: number;
  /** Pending, scheduled, or failed. */
  readonly waiting: number;
  /** A message left, or may have left. */
  readonly asked: number;
  /** Asked, and the survey was opened or answered. */
  readonly opened: number;
  /** Asked and answered. */
  readonly answered: number;
  /** Answered without a message of ours. */
  readonly unasked: number;
  /** Those who answered among those who got a reminder, or may have; all of them are among the asked. */
  readonly reminded: ReportShare;
  /** `answered` out of `asked`. */
  readonly responseRate: ReportShare;
  /** Satisfied answers among all newest answers, asked for or not. */
  readonly csat: ReportShare;
  /** The mean rating; null without answers. */
  readonly mean: number | null;
  readonly distribution: Readonly<Record<'1' | '2' | '3' | '4' | '5', number>>;
  readonly resolved: { readonly yes: number; readonly no: number; readonly unsaid: number };
}

export interface ReportRow extends ReportCounts {
  readonly key: ReportKey;
  /** Whether it differs from all other answers of the report; null if the rows are not compared. */
  readonly differs: Difference | null;
  /** Whether its response rate differs from that of all others who were asked; null if the rows are not compared. */
  readonly responseDiffers: Difference | null;
}

/** The range of the same length right before the report's. */
export interface ReportPrevious {
  readonly range: ReportRange;
  readonly overall: ReportCounts;
  /** The change of the score, with its 95% interval by Newcombe; null if one of the ranges has no answers. */
  readonly change: {
    readonly value: number | null;
    readonly low: number | null;
    readonly high: number | null;
  };
}

/** What crediting the assignee at the closing would change. */
export interface ReportCredit {
  /** All newest answers. */
  readonly answers: number;
  /** Those that another agent would get. */
  readonly moved: number;
  /** Those that nobody would get, because nobody was assigned or the assignee is not known. */
  readonly unassigned: number;
  /** Most answers first. */
  readonly pairs: readonly {
    readonly responder: ReportName | null;
    readonly assignee: ReportName;
    readonly answers: number;
  }[];
}

/** What the report is limited to; an empty list limits nothing. */
export interface ReportFilters {
  readonly agents: readonly ReportName[];
  readonly inboxes: readonly ReportName[];
  readonly topics: readonly ReportName[];
  readonly channels: readonly string[];
  readonly brands: readonly string[];
  /** Whether closings that were imported from Agent Connect count. */
  readonly imported: ImportChoice;
}

/** What was done about low ratings. */
export interface ReportFollowUp {
  /** Ratings up to this one are low. */
  readonly lowRating: number;
  /** Nobody has noted yet that nothing is left to do. */
  readonly open: number;
  readonly done: number;
  /** Ratings of customers who were forgotten since, with all notes: nothing can be done about them anymore. */
  readonly forgotten: number;
  /** From the answer to the note that it is done; null if none is done. */
  readonly medianSeconds: number | null;
}

/** Why ratings were low, as customers chose it. */
export interface ReportLowReasons {
  /** Ratings up to this one are low. */
  readonly lowRating: number;
  /** All low ratings. */
  readonly of: number;
  /** Those without a reason: the customer chose none, or was not asked for one. */
  readonly unsaid: number;
  /** Shares of all low ratings, the most frequent first. */
  readonly reasons: readonly (ReportShare & { readonly reason: string })[];
}

/** The answers to one wording of the organization's own question. */
export interface ReportOwnQuestion {
  readonly kind: QuestionKind;
  readonly text: string;
  /** Answers to it. */
  readonly answers: number;
  /** The mean of a scale; null for the other kinds. */
  readonly mean: number | null;
  /** Shares of those answers: a scale has all of 0 to 10, a choice the options that were chosen, a text nothing. */
  readonly distribution: readonly (ReportShare & { readonly answer: number | string })[];
}

/** What `report` prints. Fields may be added, never renamed or removed. */
export interface ReportDocument {
  readonly range: ReportRange;
  /** None, one or two. */
  readonly by: readonly ReportField[];
  /** A closing may count in several rows, so they do not add up to `overall`. */
  readonly overlapping: boolean;
  /** How many answers a row needs to be compared; for its response rate, as many customers who were asked. */
  readonly minimum: number;
  /** The lowest rating that counts as satisfied. */
  readonly satisfiedFrom: number;
  readonly filters: ReportFilters;
  readonly overall: ReportCounts;
  /** Sorted by the names in their keys. */
  readonly rows: readonly ReportRow[];
  /** Every reason of the suppressed closings, with its count. */
  readonly reasons: Partial<Readonly<Record<ReasonCode, number>>>;
  readonly previous: ReportPrevious | null;
  readonly credit: ReportCredit | null;
  readonly followUp: ReportFollowUp;
  readonly lowReasons: ReportLowReasons;
  /** Most answers first; none if no survey asked one. */
  readonly questions: readonly ReportOwnQuestion[];
}

/** An answer with a low rating and a comment, beside the report. */
export interface LowRatedAnswer {
  readonly conversationId: string;
  /** Where the conversation is found in Gladly; null if no link is configured. */
  readonly conversationUrl: string | null;
  readonly surveyId: string;
  readonly closedAt: string;
  readonly answeredAt: string;
  readonly agent: ReportName | null;
  readonly inbox: ReportName | null;
  readonly channel: string | null;
  readonly rating: number;
  readonly resolved: boolean | null;
  readonly reason: string | null;
  readonly comment: string;
}
