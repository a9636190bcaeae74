import * as z from 'zod';
import { isError, otherThanData } from '../http/body.ts';
import {
  Problem,
  cutOff,
  failureAbout,
  notAnAnswer,
  problemOf,
  unreadable,
  type Subject,
} from '../http/errors.ts';
import { objectOf } from '../../domain/values/json.ts';
import { apiPath } from '../http/path.ts';
import type { Call, Requests } from '../http/requests.ts';
import { streamLimit } from '../../http/time-limit.ts';
import { identifier, requiredId, time } from './fields.ts';
import { isDoubtfulCount, isLimited } from './limits.ts';
import { linesOf, parseLine } from './lines.ts';

/** One event of the last 24 hours (Events). */
export interface GladlyEvent {
  id: string;
  /** E.g. `CONVERSATION/CLOSED`, or a new type. */
  type: string;
  /** The time of recording, ISO-8601 in UTC with milliseconds. */
  timestamp: string;
  initiator: { id: string | null; type: string | null };
  content: Record<string, unknown>;
}

export interface EventQuery {
  /** Within the last 24 hours. */
  startAt: string;
  /** Default: now. */
  endAt?: string;
  /** E.g. `CONVERSATION`. */
  entities: readonly string[];
  /** Which types matter. A line of any other type that is not a valid event is only counted. Default: all. */
  isNeeded?: (type: string) => boolean;
  /** At the end of the stream: how many such lines there were. */
  onUnreadable?: (lines: number) => void;
}

/** An event consists of ids and times, so a longer line is not an event. */
const maxLineLength = 1024 * 1024;
/** Far more lines than the largest organization has in a day. Empty lines, which keep a connection alive, count too. */
const mostLines = 5_000_000;

const eventType = requiredId.transform((type) => type.trim());

const event = z.object({
  id: requiredId,
  type: eventType,
  timestamp: time.pipe(z.string()),
  initiator: z.object({ id: identifier, type: identifier }).catch({ id: null, type: null }),
  content: z.record(z.string(), z.unknown()).catch({}),
});

/**
 * The events of a stretch of time, in Gladly's order. A stream that was cut off, or had something else in place of
 * events, is read again; each event is given once.
 *
 * @throws Failure after all events: of kind contract for a line that is not an event but may matter, and
 *   `events_incomplete` of kind partial when Gladly may have cut the list
 */
export async function* readEvents(
  requests: Requests,
  query: EventQuery,
): AsyncGenerator<GladlyEvent, void, undefined> {
  const parameters = new URLSearchParams({ startAt: query.startAt });
  if (query.endAt !== undefined) parameters.set('endAt', query.endAt);
  for (const entity of query.entities) parameters.append('entities', entity);
  const call: Call = {
    operation: 'listEvents',
    method: 'GET',
    path: apiPath`/events`,
    query: parameters,
    accept: 'application/x-jsonlines, application/json;q=0.9',
    time: streamLimit(requests.timeoutMs, requests.timeoutMs),
  };
  const subject = requests.subject(call);
  const tries = requests.tries(call);
  const given = new Set<string>();
  for (;;) {
    try {
      const answer = await requests.once(call, () => tries.leaving());
      let unreadableLines = 0;
      const reading = { isNeeded: query.isNeeded, onUnreadable: () => (unreadableLines += 1) };
      for await (const found of eventsOf(answer.chunks(), subject, reading)) {
        if (given.has(found.id)) continue;
        given.add(found.id);
        tries.progressed();
        yield found;
      }
      if (unreadableLines > 0) query.onUnreadable?.(unreadableLines);
      if (isLimited(answer) || isDoubtfulCount(given.size)) throw cutByGladly(subject, given.size);
      return;
    } catch (error) {
      const problem = problemOf(subject, error);
      if (!(problem instanceof Problem)) throw problem;
      await tries.again(problem);
    }
  }
}

/** Gladly states no limit for events, but it has a header for cut lists, and it cuts other lists silently. */
function cutByGladly(subject: Subject, events: number): Problem {
  const message = `${subject.host} gave ${events} events, and may have left out more`;
  const hint = 'Reports include them about an hour later; run it again then.';
  return new Problem(failureAbout(subject, 'partial', 'events_incomplete', message, hint));
}

/**
 * The events of one stream of lines. A line that is not an event but may matter does not hold back the events after it:
 * its Problem is thrown at the end.
 *
 * @throws temporary Problem when the stream was cut off, or something else came in place of a line
 */
export async function* eventsOf(
  chunks: AsyncIterable<Uint8Array>,
  subject: Subject,
  { isNeeded, onUnreadable }: { isNeeded?: EventQuery['isNeeded']; onUnreadable?: () => void } = {},
): AsyncGenerator<GladlyEvent, void, undefined> {
  let lines = 0;
  let problem: Problem | null = null;
  // A skipped event could be the closing, or the response, that everything depends on.
  const matters = (type: unknown): boolean => {
    const named = eventType.safeParse(type);
    return !named.success || isNeeded === undefined || isNeeded(named.data);
  };
  for await (const { line, ended } of linesOf(chunks, subject, maxLineLength)) {
    lines += 1;
    if (lines > mostLines) throw unreadable(subject, `it has more than ${mostLines} lines`);
    if (line.trim() === '') continue;
    const parsed = parseLine(line);
    const found = event.safeParse(parsed);
    if (found.success) yield found.data;
    else if (isError(parsed)) problem = notAnAnswer(subject, 'an error');
    else if (parsed === null && line.trim() !== 'null') {
      if (ended && !matters(typeIn(line))) onUnreadable?.();
      else problem = worse(problem, notJson(line, ended, subject));
    } else if (parsed !== null && matters(objectOf(parsed)['type'])) {
      problem = worse(problem, unreadable(subject, 'one of its lines is not an event'));
    } else onUnreadable?.();
  }
  if (problem !== null) throw problem;
}

/** A temporary problem may also have caused the other one. */
function worse(problem: Problem | null, next: Problem): Problem {
  return problem === null || next.repeatable ? next : problem;
}

/** The type that a broken line still names; null when it names none. */
function typeIn(line: string): string | null {
  return /^\s*\{.*?"type"\s*:\s*"([^"\\]*)"/.exec(line)?.[1] ?? null;
}

function notJson(line: string, ended: boolean, subject: Subject): Problem {
  const found = otherThanData(line);
  if (found !== null) return notAnAnswer(subject, found);
  const isCut = !ended && line.trimStart().startsWith('{');
  return isCut ? cutOff(subject) : unreadable(subject, 'one of its lines is not JSON');
}
