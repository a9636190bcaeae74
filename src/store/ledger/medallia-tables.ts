import type { CountState } from '../../domain/closing/counting.ts';

/** An interaction at Agent Connect, without the customer, whom the closing knows. */
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
  /** Until the answer is kept. */
  comment: string | null;
  employee_email: string | null;
  employee_id: string | null;
  /** Null: of no closing, or not worked on yet. */
  closing_id: string | null;
  /** 1: it changed, and was not worked on since. */
  due: number;
  read_at: string;
  delivered_at: string | null;
  /** 1: it was requested so that it counts, and nobody was asked. */
  only_counted: number;
}

/** A closing of which nobody is asked, and which is to count at Agent Connect. */
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
