import { z } from 'zod';
import { readTime } from './answers.ts';
import { Problem, cutOff, unreadable } from '../http/errors.ts';
import type { Asked } from '../http/errors.ts';
import { problemOf } from '../http/requests.ts';
import type { Call, Requests } from '../http/requests.ts';
import { apiPath } from '../http/path.ts';

/** One event of the last 24 hours (Events). */
export interface GladlyEvent {
  id: string;
  /** E.g. `CONVERSATION/CLOSED`, or one that we do not know yet. */
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

/** An event is ids and times: a line longer than this is none. */
const maxLineLength = 1024 * 1024;

const text = z.string().min(1);
/** The contract says text; a number is one just as well. */
const id = z.union([text, z.number().transform(String)]);
const optionalText = z.string().nullish().catch(null);

const event = z.object({
  id,
  type: text,
  timestamp: text.transform(readTime).pipe(z.string()),
  initiator: z
    .object({ id: optionalText, type: optionalText })
    .transform(({ id, type }) => ({ id: id ?? null, type: type ?? null }))
    .catch({ id: null, type: null }),
  content: z.record(z.string(), z.unknown()).catch({}),
});

/**
 * The events of a stretch of time, in Gladly's order. A stream that is cut is read again, and what was given is
 * not given twice. A line that is no event is a Failure of kind contract; only the last one can be cut.
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
  const asked = requests.asked(call);
  const tries = requests.tries(call);
  const given = new Set<string>();
  for (;;) {
    try {
      const answer = await requests.once(call, () => tries.leaving());
      for await (const found of eventsOf(answer.chunks(), asked)) {
        if (given.has(found.id)) continue;
        given.add(found.id);
        tries.progressed();
        yield found;
      }
      return;
    } catch (error) {
      const problem = problemOf(asked, error);
      if (!(problem instanceof Problem)) throw problem;
      await tries.again(problem);
    }
  }
}

/** The events of one stream of lines; throws a Problem that may be repeated when the stream was cut. */
export async function* eventsOf(
  chunks: AsyncIterable<Uint8Array>,
  asked: Asked,
): AsyncGenerator<GladlyEvent, void, undefined> {
  for await (const { line, ended } of linesOf(chunks, asked)) {
    if (line.trim() === '') continue;
    const parsed = parseLine(line);
    const found = event.safeParse(parsed);
    if (found.success) yield found.data;
    // An event that is passed over could be the closing, or the response, that everything depends on.
    else if (parsed !== null) throw unreadable(asked, 'one of its lines is no event');
    else if (ended || !line.trimStart().startsWith('{')) {
      throw unreadable(asked, 'one of its lines is no JSON');
    } else throw cutOff(asked);
  }
}

/** Null for a line that is no JSON. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}

async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  asked: Asked,
): AsyncGenerator<{ line: string; ended: boolean }, void, undefined> {
  const decoder = new TextDecoder();
  // Of the line that has not ended, in pieces: to join them anew with each one costs the square of their length.
  let pieces: string[] = [];
  let length = 0;
  const take = (piece: string): void => {
    pieces.push(piece);
    length += piece.length;
    if (length > maxLineLength) throw unreadable(asked, 'one of its lines is too long');
  };
  for await (const chunk of chunks) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
    take(first);
    for (const next of others) {
      yield { line: pieces.join(''), ended: true };
      [pieces, length] = [[], 0];
      take(next);
    }
  }
  take(decoder.decode());
  const rest = pieces.join('');
  if (rest !== '') yield { line: rest, ended: false };
}
