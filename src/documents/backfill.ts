import type { SendingPause } from '../domain/closing/pause.ts';
import type { DeliveryName } from '../domain/delivery.ts';
import type { ReasonCode } from '../domain/closing/reason.ts';
import type { DocumentError, FullHour, RequestFigures } from './survey.ts';

/** Closings by their state at the end of a run, whichever run put them there. */
export interface ClosingOutcomes {
  sent: number;
  scheduled: number;
  suppressed: number;
  uncertain: number;
  failed: number;
  pending: number;
}

/** What a real run would do, as a dry run found it. */
export interface BackfillPlan {
  wouldSend: number;
  byAgent: Record<string, number>;
  byInbox: Record<string, number>;
  /** UTC days of the closings that would be surveyed. */
  byDay: Record<string, number>;
  /** How long the real run would take at the permitted rate. */
  estimatedSeconds: number;
}

/** What a run took from export files. */
export interface ExportFigures {
  jobs: number;
  files: number;
  /** Lines in the files of items. */
  items: number;
  /** Lines that could not be read and are left out. */
  unreadable: number;
  /** The range that the jobs cover; null if there are none. */
  since: string | null;
  until: string | null;
  /** Customers who were not read from Gladly. */
  customers: number;
  /** Closings of a dry run that were decided by the files alone. */
  verdicts: number;
}

/** A closing that failed, or whose message could not leave yet; or a named conversation that could not be read. */
export interface ListedFailure {
  conversationId: string;
  error: { code: string; message: string };
  /** When a run tries it again by itself; null if that is left to a person. */
  retryAt: string | null;
}

/** What `backfill` and `sync` print. Fields may be added, never renamed or removed. */
export interface BackfillDocument {
  dryRun: boolean;
  /** Null if the closings were named instead of looked for. */
  range: { since: string; until: string; timezone: string } | null;
  sources: string[];
  explanation: string[];
  closings: number;
  outcomes: ClosingOutcomes;
  thisRun: { sent: number; scheduled: number; suppressed: number; uncertain: number; failed: number };
  reasons: Partial<Record<ReasonCode, number>>;
  requests: RequestFigures;
  failures: ListedFailure[];
  /** Parts of the range that no source covered: closings may be missing there, and the next run looks again. */
  missing: { since: string; until: string; source: string; error: { code: string; message: string } }[];
  /** Why the run ended; closings that it did not get to are pending. */
  end: 'done' | 'max_sends' | 'limit' | 'duration' | 'declined' | 'stopped';
  /** What stopped it. */
  error: DocumentError | null;
  /** Closings in the queue that are due but were not worked on, in this range or another. */
  left: number;
  /**
   * All closings that wait to be decided or to leave, whenever they are due; `serve`, `sync` and later runs work on
   * them.
   */
  queued: number;
  /** How surveys leave. */
  delivery: DeliveryName;
  /** Nothing leaves while it lasts. */
  pause: SendingPause | null;
  /** Set while decided closings wait because the hourly limit is reached; otherwise null. */
  fullHour: FullHour | null;
  /**
   * What became of closings without a survey that should count at Agent Connect; null if none should, sending is
   * paused, or it could not be asked.
   */
  counted: { counted: number; uncertain: number; leftOut: number; failed: number } | null;
  plan: BackfillPlan | null;
  /** What `--source export` read and relied on; null for other sources. */
  exports: ExportFigures | null;
  seconds: number;
}

/** What `sync` prints: the same as a backfill of the stretch since the last tick, and the cards it posted. */
export interface SyncDocument extends BackfillDocument {
  /** The first tick surveys nobody about the past: closings count from here on. */
  startedAt: string;
  cards: { posted: number; failed: number };
  /** Alerts about low ratings; `failed`: tried again by a later tick, or uncertain. */
  alerts: { sent: number; failed: number };
  /**
   * Reminders of surveys that were not answered; `failed`: tried again by a later tick, or left to a person. In a dry
   * run, what would become of them.
   */
  reminders: { sent: number; leftOut: number; uncertain: number; failed: number };
  /** What was read from Agent Connect; null if its keys are not set, or another process is reading it. */
  medallia: { rows: number; answers: number; settled: number; unmatched: number } | null;
  /**
   * What was older than `retention`, cards of forgotten customers that are gone from Gladly, and what is still to be
   * erased.
   */
  forgotten: { expired: number; cards: number; open: number };
}
