import type { AlertState, AlertWay } from '../../domain/survey/alert.ts';
import type { QuestionKind } from '../../domain/eligibility/questionnaire.ts';

export interface AnswersTable {
  survey_id: string;
  revision: number;
  closing_id: string | null;
  rating: number;
  resolved: number | null;
  comment: string | null;
  answered_at: string;
  source: string;
  /** Why the rating is low. */
  reason: string | null;
  /** The organization's own question, if it was answered. */
  question_kind: QuestionKind | null;
  question_text: string | null;
  /** The number or the option that was chosen. */
  question_choice: string | null;
  /** What the customer wrote instead. */
  question_words: string | null;
}

export interface CardsTable {
  item_id: string;
  survey_id: string;
  revision: number;
  customer_id: string;
  state: 'posting' | 'posted' | 'deleted';
  body: string;
  posted_at: string | null;
}

/** A survey whose newest answer has no card in Gladly. */
export interface CardsDueTable {
  survey_id: string;
  closing_id: string | null;
  answered_at: string;
  /** Tries that failed for this answer. */
  tries: number;
  retry_at: string | null;
  error: string | null;
}

/** One low rating's alert, by one way. */
export interface AlertsTable {
  survey_id: string;
  revision: number;
  way: AlertWay;
  closing_id: string;
  state: AlertState;
  at: string;
  /** Tries that failed. */
  tries: number;
  /** Null once its outcome is recorded. */
  due_at: string | null;
  settled_at: string | null;
  error: string | null;
}

export interface VisitsTable {
  survey_id: string;
  kind: string;
  count: number;
  first_at: string;
  last_at: string;
}

/** What a person did about the answer to a closing's survey. */
export interface NotesTable {
  closing_id: string;
  sequence: number;
  at: string;
  text: string;
  done: number;
}
