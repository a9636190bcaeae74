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

/** Someone or something that the ledger knows by its id, and mostly by its name. */
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
  /** The first of the reasons of a suppressed closing; null: it was not suppressed. */
  readonly reason?: ReasonCode | null;
}

/** `count` of `of`, with its 95% interval by Wilson; all three null where `of` is 0. */
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
  /** Those who answered of those who got a reminder, or may have got one; all of them are among the asked. */
  readonly reminded: ReportShare;
  /** `answered` of `asked`. */
  readonly responseRate: ReportShare;
  /** Satisfied ones of all newest answers, asked for or not. */
  readonly csat: ReportShare;
  /** Of the ratings; null without answers. */
  readonly mean: number | null;
  readonly distribution: Readonly<Record<'1' | '2' | '3' | '4' | '5', number>>;
  readonly resolved: { readonly yes: number; readonly no: number; readonly unsaid: number };
}

export interface ReportRow extends ReportCounts {
  readonly key: ReportKey;
  /** From all other answers of the report; null where the rows are not compared. */
  readonly differs: Difference | null;
  /** The response rate from that of all others who were asked; null where the rows are not compared. */
  readonly responseDiffers: Difference | null;
}

/** The range of the same length right before. */
export interface ReportPrevious {
  readonly range: ReportRange;
  readonly overall: ReportCounts;
  /** Of the score, with its 95% interval by Newcombe; null where one of the ranges has no answers. */
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
  /** Whether closings count that were imported from Agent Connect. */
  readonly imported: ImportChoice;
}

/** What was done about low ratings. */
export interface ReportFollowUp {
  /** Ratings up to this one are low. */
  readonly lowRating: number;
  /** Nobody noted yet that nothing is left to do. */
  readonly open: number;
  readonly done: number;
  /** Of customers who were forgotten since, with all that was noted: nothing can be done about them any more. */
  readonly forgotten: number;
  /** From the answer until that note; null where none is done. */
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
  /** Of all low ratings; the most frequent first. */
  readonly reasons: readonly (ReportShare & { readonly reason: string })[];
}

/** What was answered to one wording of the organization's own question. */
export interface ReportOwnQuestion {
  readonly kind: QuestionKind;
  readonly text: string;
  /** Answers to it. */
  readonly answers: number;
  /** Of a scale; null for the others. */
  readonly mean: number | null;
  /** Of those answers: a scale has all of 0 to 10, a choice the options that were chosen, words nothing. */
  readonly distribution: readonly (ReportShare & { readonly answer: number | string })[];
}

/** What `report` prints. Fields may be added, never renamed or removed. */
export interface ReportDocument {
  readonly range: ReportRange;
  /** None, one or two. */
  readonly by: readonly ReportField[];
  /** A closing may count in several rows: they do not add up to `overall`. */
  readonly overlapping: boolean;
  /** Answers that a row needs to be compared; for the response rate, so many were asked. */
  readonly minimum: number;
  /** The lowest rating that counts as satisfied. */
  readonly satisfiedFrom: number;
  readonly filters: ReportFilters;
  readonly overall: ReportCounts;
  /** In order of their key's name. */
  readonly rows: readonly ReportRow[];
  /** Every reason of the suppressed closings. */
  readonly reasons: Partial<Readonly<Record<ReasonCode, number>>>;
  readonly previous: ReportPrevious | null;
  readonly credit: ReportCredit | null;
  readonly followUp: ReportFollowUp;
  readonly lowReasons: ReportLowReasons;
  /** Most answers first; none where no survey asked one. */
  readonly questions: readonly ReportOwnQuestion[];
}

/** An answer with a low rating and a comment, beside the report. */
export interface LowRatedAnswer {
  readonly conversationId: string;
  /** Where the conversation is found in Gladly; null where no link is configured. */
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
