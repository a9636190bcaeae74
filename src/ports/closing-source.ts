import type { Participant } from '../domain/attribution/timeline.ts';
import type { Failure } from '../failure.ts';
import type { TimeRange } from '../domain/values/time-range.ts';

/**
 * Gladly's own names, for what happened in the last day, for what is older, and for the files of the last two weeks.
 */
export type SourceName = 'events' | 'report' | 'export';

/** A closing as one source reports it. Times are ISO-8601 in UTC with milliseconds. */
export interface ReportedClosing {
  conversationId: string;
  customerId: string | null;
  closedAt: string;
  /** Null if the source does not say. */
  closedBy: Participant | null;
  source: SourceName | 'conversations';
}

export interface ReportedReopening {
  conversationId: string;
  reopenedAt: string;
}

/**
 * `withoutId`: the source does not say which conversation it was, so it can only be counted. `missing`: a part of the
 * range that the source did not cover, although the search went on. `warning`: a sentence for people.
 */
export type Found =
  | { closing: ReportedClosing }
  | { reopening: ReportedReopening }
  | { withoutId: 'closing' | 'reopening' }
  | { missing: TimeRange; failure: Failure }
  | { warning: string };

/** One way to find the closings of a stretch of time. Gladly has no operation that lists conversations. */
export interface ClosingSource {
  name: SourceName;
  /**
   * The closings and reopenings of the range, as they arrive and in the order of the source. The same one may come
   * twice. An aborted signal ends the search at the next one; a wait for Gladly ends with the client's own signal.
   * Fails as the client does.
   */
  find(range: TimeRange, signal?: AbortSignal): AsyncIterable<Found>;
}
