import { timeAt } from '../domain/values/instant.ts';
import type { TimeRange } from '../domain/values/time-range.ts';
import { Failure } from '../failure.ts';
import type { GladlyClient } from '../gladly/client.ts';
import type { ClosingSource, Found } from '../ports/closing-source.ts';
import { foundOf, isWithin, kindOf } from './found.ts';
import { eventWindowMs } from './lags.ts';

/** The contract does not state whether the bounds are inclusive, so we request a little more and leave out the rest. */
const marginMs = 1000;

/** Gladly refuses a start that its own clock has not reached. Our clock may be this far ahead. */
const clockToleranceMs = 10 * 60_000;

/**
 * Conversation events of the last 24 hours (Events API), in order of time.
 *
 * @throws Failure `events_passed` when the range now begins earlier than that; nothing is left out silently
 */
export function eventSource(client: Pick<GladlyClient, 'events'>, clock: () => number): ClosingSource {
  async function* find(range: TimeRange, signal?: AbortSignal): AsyncGenerator<Found, void, undefined> {
    const nowMs = clock();
    const startMs = Math.min(Date.parse(range.since) - marginMs, nowMs - clockToleranceMs);
    const endMs = Date.parse(range.until) + marginMs;
    let unreadable = 0;
    if (startMs < nowMs - eventWindowMs) throw eventsPassed(range);
    const query = {
      startAt: timeAt(startMs),
      ...(endMs < nowMs ? { endAt: timeAt(endMs) } : {}),
      entities: ['CONVERSATION'],
      isNeeded: (type: string) => kindOf(type) !== null,
      onUnreadable: (lines: number) => (unreadable = lines),
    };
    for await (const { type, timestamp, content, initiator } of client.events(query)) {
      signal?.throwIfAborted();
      const kind = kindOf(type);
      if (kind === null || !isWithin(range, timestamp)) continue;
      const { conversationId, customerId } = content;
      yield foundOf(kind, { conversationId, customerId, at: timestamp, initiator }, 'events');
    }
    if (unreadable > 0) yield { warning: `${unreadable} events of other types could not be read` };
  }
  return { name: 'events', find };
}

function eventsPassed(range: TimeRange): Failure {
  const message = `Events no longer reach back to ${range.since}: too much time passed before they were requested`;
  return new Failure('temporary', 'events_passed', message, { hint: 'Run it again.' });
}
