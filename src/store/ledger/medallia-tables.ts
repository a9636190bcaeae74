import type { CountState } from '../../domain/closing/counting.ts';

/** An interaction in Agent Connect, without its customer, whom the closing knows. */
export interface MedalliaRowsTable {
  uuid: string;
  /** Whole, and up to 2^53. */
  sequence: number;
  interaction_id: string | null;
  interaction_url: string | null;
  channel: string | null;
  requested_at: string | null;
  sent_at: string | null;
  delivery_status: string | null;
  answered_at: string | null;
  rating: number | null;
  resolved: number | null;
  /** Deleted once the answer is recorded. */
  comment: string | null;
  employee_email: string | null;
  employee_id: string | null;
  /** Null: it belongs to no closing, or was not worked on yet. */
  closing_id: string | null;
  /** 1: it changed and has not been worked on since. */
  due: number;
  read_at: string;
  delivered_at: string | null;
  /** 1: it was requested only to be counted, and nobody was asked. */
  only_counted: number;
}

/** A closing that gets no survey but is to count in Agent Connect. */
export interface MedalliaCountsTable {
  closing_id: string;
  state: CountState;
  /** When the closing was suppressed. */
  at: string;
  /** Tries that failed. */
  tries: number;
  /** Null once its outcome is recorded. */
  due_at: string | null;
  settled_at: string | null;
  error: string | null;
}
