import { z } from 'zod';
import { Problem, cutOff, problemOf, unreadable, type Subject } from '../http/errors.ts';
import { apiPath } from '../http/path.ts';
import type { Call, Requests } from '../http/requests.ts';
import { identifier, requiredId, time } from './fields.ts';

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
}

/** An event is ids and times, so that a longer line is not an event. */
const maxLineLength = 1024 * 1024;

const event = z.object({
  id: requiredId,
  type: requiredId,
  timestamp: time.pipe(z.string()),
  initiator: z.object({ id: identifier, type: identifier }).catch({ id: null, type: null }),
  content: z.record(z.string(), z.unknown()).catch({}),
});

/**
 * The events of a stretch of time, in Gladly's order. A stream that is cut off is read again, and each event is given
 * once. A line that is not an event is a Failure of kind contract; only the last line can be cut off.
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
    time: { firstMs: requests.timeoutMs, idleMs: requests.timeoutMs },
  };
  const subject = requests.subject(call);
  const tries = requests.tries(call);
  const given = new Set<string>();
  for (;;) {
    try {
      const answer = await requests.once(call, () => tries.leaving());
      for await (const found of eventsOf(answer.chunks(), subject)) {
        if (given.has(found.id)) continue;
        given.add(found.id);
        tries.progressed();
        yield found;
      }
      return;
    } catch (error) {
      const problem = problemOf(subject, error);
      if (!(problem instanceof Problem)) throw problem;
      await tries.again(problem);
    }
  }
}

/** The events of one stream of lines. Throws a repeatable Problem when the stream was cut off. */
export async function* eventsOf(
  chunks: AsyncIterable<Uint8Array>,
  subject: Subject,
): AsyncGenerator<GladlyEvent, void, undefined> {
  for await (const { line, ended } of linesOf(chunks, subject)) {
    if (line.trim() === '') continue;
    const parsed = parseLine(line);
    const found = event.safeParse(parsed);
    if (found.success) yield found.data;
    // A skipped event could be the closing, or the response, that everything depends on.
    else if (parsed !== null) throw unreadable(subject, 'one of its lines is not an event');
    else if (ended || !line.trimStart().startsWith('{')) {
      throw unreadable(subject, 'one of its lines is not JSON');
    } else throw cutOff(subject);
  }
}

/** Null for a line that is not JSON. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}

async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  subject: Subject,
): AsyncGenerator<{ line: string; ended: boolean }, void, undefined> {
  const decoder = new TextDecoder();
  // The pieces of the current line: joining them for every chunk would cost the square of their length.
  let pieces: string[] = [];
  let length = 0;
  const add = (piece: string): void => {
    pieces.push(piece);
    length += piece.length;
    if (length > maxLineLength) throw unreadable(subject, 'one of its lines is too long');
  };
  for await (const chunk of chunks) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
    add(first);
    for (const next of others) {
      yield { line: pieces.join(''), ended: true };
      [pieces, length] = [[], 0];
      add(next);
    }
  }
  add(decoder.decode());
  const rest = pieces.join('');
  if (rest !== '') yield { line: rest, ended: false };
}
