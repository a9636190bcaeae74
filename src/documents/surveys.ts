import type { Alert } from '../domain/survey/alert.ts';
import type { Evidence } from '../domain/attribution/evidence.ts';
import type { ClosingError } from '../domain/closing/closing.ts';
import type { Count } from '../domain/closing/counting.ts';
import type { Reminder } from '../domain/closing/reminder.ts';
import type { ReminderState } from '../domain/closing/reminder-state.ts';
import { closingStates, type ClosingState } from '../domain/closing/transitions.ts';
import type { Lane } from '../domain/values/lanes.ts';
import type { DeliveryName } from '../domain/delivery.ts';
import type {
  Answer,
  Card,
  CardFailure,
  HistoryEntry,
  Message,
  Note,
  VisitCount,
} from '../domain/survey/records.ts';
import type { SurveyForm } from '../domain/survey/form.ts';
import type { Reason } from '../domain/closing/reason.ts';
import type { DocumentAnswer } from './answer.ts';

/**
 * States as they are listed: a message that is leaving right now has no outcome yet, so its closing is listed as
 * pending.
 */
export const listedStates = closingStates.filter((state) => state !== 'sending');

export type ListedState = (typeof listedStates)[number];

/** A message that is leaving right now has no outcome yet. */
export function listedState(state: ClosingState): ListedState {
  return state === 'sending' ? 'pending' : state;
}

/** One closing as `surveys list` prints it. Fields may be added, never renamed or removed. */
export interface SurveyEntry {
  surveyId: string | null;
  closingId: string;
  conversationId: string;
  lane: Lane;
  state: ListedState;
  /** `id` null: an import knows only the address. */
  customer: { id: string | null; email: string | null; phone: string | null } | null;
  agent: { id: string | null; name: string | null; email: string | null } | null;
  closedAt: string;
  sentAt: string | null;
  /** When its reminder left, or may have. */
  remindedAt: string | null;
  /** The state of its reminder; null while there is none. */
  reminderState: ReminderState | null;
  dueAt: string | null;
  provider: DeliveryName | null;
  /** The brand that its survey is for, or would have been; null: none, or its inbox was not read. */
  brand: string | null;
  answer: DocumentAnswer | null;
  card: { itemId: string; postedAt: string | null } | null;
  reasons: Reason[];
  error: ClosingError | null;
  /** What people did about the answer, oldest first. */
  notes: Note[];
  /** When the customer was erased from it. */
  forgottenAt: string | null;
  /** The interaction of Agent Connect that was imported for it; with `sentAt`, the customer was asked there. */
  imported: string | null;
  /** What Agent Connect says about its request; null if there was none, or it was not read yet. */
  medallia: MedalliaDelivery | null;
}

/** What became of a request, in the words of Agent Connect. */
export interface MedalliaDelivery {
  uuid: string;
  /** An open set, e.g. `Sent` or `Not sent: suppression period`. */
  deliveryStatus: string | null;
  requestedAt: string | null;
  sentAt: string | null;
  deliveredAt: string | null;
}

/** The whole story of one closing, as `surveys show` prints it; lists are oldest first. */
export interface SurveyStory extends Omit<SurveyEntry, 'state'> {
  state: ClosingState;
  evidence: Evidence | null;
  url: string | null;
  externalId: string | null;
  attempts: number;
  reopenedAt: string | null;
  history: HistoryEntry[];
  messages: Message[];
  answers: Answer[];
  cards: Card[];
  /** Why the newest answer has no card in Gladly yet; null when it has one, or none was tried. */
  cardFailure: CardFailure | null;
  /** Alerts about low ratings: one for each such rating and each way. */
  alerts: Alert[];
  /** What its link asks besides the rating, as of when the message left. Null: nothing more, or no message left. */
  form: SurveyForm | null;
  /** What was seen of the survey besides its answers; never scored. */
  visits: VisitCount[];
  /** Null while there is none. */
  reminder: Reminder | null;
  /** Present if nobody was asked and it should count at Agent Connect all the same; otherwise null. */
  count: Count | null;
  /** Other closings of the same conversation. */
  otherClosings: string[];
}

/** What `surveys note` prints: the closing with its new note. */
export interface NotedSurvey extends SurveyEntry {
  dryRun: boolean;
}
