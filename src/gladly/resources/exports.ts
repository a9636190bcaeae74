import * as z from 'zod';
import { isObject } from '../../domain/values/json.ts';
import { isError, otherThanData } from '../http/body.ts';
import { Problem, cutOff, notAnAnswer, problemOf, type Subject } from '../http/errors.ts';
import { apiPath } from '../http/path.ts';
import type { Call, Requests } from '../http/requests.ts';
import { streamLimit } from '../../http/time-limit.ts';
import { identifier, listOf, optional, requiredId, text, time } from './fields.ts';
import { linesOf, parseLine } from './lines.ts';
import { getAll } from './lookup.ts';

/**
 * A job that exported what happened from `startAt` until `endAt` (Export). Times are ISO-8601 in UTC with milliseconds.
 */
export interface ExportJob {
  id: string;
  /** PENDING, IN_PROGRESS, COMPLETED, FAILED, or a new one. */
  status: string | null;
  updatedAt: string | null;
  startAt: string | null;
  endAt: string | null;
  /** Empty when Gladly names none. */
  files: string[];
}

export type ExportFileName = 'conversation_items.jsonl' | 'customers.jsonl' | 'agents.jsonl' | 'topics.jsonl';

/** What was left out of a file. */
export interface LeftOut {
  /** Lines that are not JSON objects. */
  lines: number;
}

/** A mail with a long thread below it takes a few MiB at most. */
const maxLineLength = 16 * 1024 * 1024;

const jobShape = optional(
  {
    id: identifier,
    status: text,
    updatedAt: time,
    parameters: z
      .object({ startAt: time, endAt: time })
      .nullish()
      .catch(null)
      .transform((given) => given ?? { startAt: null, endAt: null }),
    files: listOf(requiredId),
  },
  ['scheduleId'],
).transform(({ parameters, ...job }) => ({ ...job, ...parameters }));

/** All jobs that still exist: those of the last 14 days (findJobs). */
export async function getExportJobs(requests: Requests): Promise<ExportJob[]> {
  return getAll(requests, { operation: 'findJobs', path: apiPath`/export/jobs` }, jobShape);
}

/**
 * Streams the objects of one file of a job (getFile). A file that was cut off is read again, and each line is given
 * once. A line that is not a JSON object is counted and left out, unless the file ends with it as if cut off.
 *
 * @throws Failure `not_found` when the file is gone, and the Failures of every request
 */
export async function* readExportFile(
  requests: Requests,
  { jobId, name }: { jobId: string; name: ExportFileName },
  leftOut: LeftOut,
): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const call: Call = {
    operation: 'getFile',
    about: { noun: 'file', id: `${name} of job ${jobId}` },
    method: 'GET',
    path: apiPath`/export/jobs/${jobId}/files/${name}`,
    accept: 'application/x-ndjson, application/json;q=0.9',
    time: streamLimit(requests.timeoutMs, requests.timeoutMs),
  };
  const subject = requests.subject(call);
  const tries = requests.tries(call);
  let given = 0;
  for (;;) {
    let position = 0;
    /** What is wrong if the file ends after the last line read. */
    let ending: Problem | null = null;
    try {
      const answer = await requests.once(call, () => tries.leaving());
      for await (const { line, ended } of linesOf(answer.chunks(), subject, maxLineLength)) {
        position += 1;
        if (position <= given || line.trim() === '') continue;
        if (ending !== null) leftOut.lines += 1;
        const value = parseLine(line);
        ending = instead(value, line, ended, subject);
        if (ending !== null && position === 1) throw ending;
        given = ending === null ? position : position - 1;
        tries.progressed();
        if (ending !== null) continue;
        if (isObject(value)) yield value;
        else if (isListOfObjects(value)) yield* value;
        else leftOut.lines += 1;
      }
      if (ending !== null) throw ending;
      return;
    } catch (error) {
      const problem = problemOf(subject, error);
      if (!(problem instanceof Problem)) throw problem;
      await tries.again(problem);
    }
  }
}

/** What is wrong if the file ends with this line; null if it may end there. */
function instead(value: unknown, line: string, ended: boolean, subject: Subject): Problem | null {
  // Gladly and the proxies in front of it answer with a page, a sentence, or an error in place of a file or of its
  // rest.
  if (isError(value)) return notAnAnswer(subject, 'an error');
  const other = value === null && line.trim() !== 'null' ? otherThanData(line) : null;
  if (other !== null) return notAnAnswer(subject, other);
  return value === null && line.trim() !== 'null' && !ended ? cutOff(subject) : null;
}

/** Some files hold all their objects as one list. */
function isListOfObjects(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isObject);
}
