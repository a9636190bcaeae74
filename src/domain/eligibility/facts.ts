import type { Attribution } from '../attribution/credit.ts';
import type { Participant } from '../attribution/timeline.ts';
import type { Lane } from '../values/lanes.ts';
import type { ClosingState } from '../closing/transitions.ts';
import type { EmailEntry, PhoneEntry } from './addresses.ts';
import type { TopicEntry } from './topics.ts';

/** Everything that was read about one closing. Times are epoch milliseconds. */
export interface ClosingFacts {
  closingId: string;
  conversationId: string;
  /** OPEN, WAITING, CLOSED, or a new one. */
  status: string;
  closedAt: number | null;
  /** The conversation was seen reopened after this closing. */
  reopened: boolean;
  topicIds: readonly string[];
  topics: ReadonlyMap<string, TopicEntry>;
  inbox: { id: string; name: string | null } | null;
  attribution: Attribution;
  /** The timeline's end is hidden and no other source named the last responder. */
  timelineUnsolved: boolean;
  /** The timeline is cut: what is not in it may still have happened. */
  timelineTruncated: boolean;
  /** Who made this closing; null if no source says. */
  closedBy: Participant | null;
  /** The credited agent as the directory knows them; null when it does not. */
  agent: { id: string; name: string | null; email: string | null } | null;
  customer: {
    id: string;
    emails: readonly EmailEntry[];
    phones: readonly PhoneEntry[];
  };
  timeZone: string | null;
}

/** The facts of the conversation itself and of its closing. */
export type ConversationFacts = Pick<
  ClosingFacts,
  'closingId' | 'conversationId' | 'status' | 'closedAt' | 'reopened' | 'topicIds' | 'topics' | 'inbox'
>;

/** The facts of the timeline. */
export type TimelineFacts = Pick<
  ClosingFacts,
  'attribution' | 'timelineUnsolved' | 'timelineTruncated' | 'closedBy' | 'agent'
>;

/** What the ledger knows that bears on this closing. */
export interface SurveyHistory {
  /** How many closings by the same initiator there were in the fullest minute around this one; absent: not counted. */
  bulk?: number;
  /**
   * This closing. `imported`: which interaction of another survey program it was taken from; `sentAt`: when that
   * program asked.
   */
  own: {
    state: ClosingState;
    forgottenAt?: string | null;
    imported?: string | null;
    sentAt?: string | null;
  } | null;
  unsubscribed: boolean;
  /** Other closings that hold or held the same address, in every lane that this one sees. */
  others: readonly OtherSurvey[];
}

export interface OtherSurvey {
  closingId: string;
  conversationId: string;
  lane: Lane;
  state: ClosingState;
  /** Null: none, or sent before there were brands, or by another survey program. */
  brand: string | null;
  closedAt: number;
  /** When its message left or is due to leave. */
  at: number;
}
