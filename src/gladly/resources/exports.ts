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

/** A job that exported what happened from `startAt` until `endAt` (Export). Times are ISO-8601 in UTC with milliseconds. */
export interface ExportJob {
  id: string;
  /** PENDING, IN_PROGRESS, COMPLETED, FAILED, or a new one. */
  status: string | null;
  updatedAt: string | null;
  startAt: string | null;
  endAt: string | null;
  /** Empty where Gladly names none. */
  files: string[];
}

export type ExportFileName = 'conversation_items.jsonl' | 'customers.jsonl' | 'agents.jsonl' | 'topics.jsonl';

/** What was not given of a file. */
export interface LeftOut {
  /** Lines that are not JSON objects, also a last one that ends in the middle. */
  lines: number;
}

/** A mail with a long thread below it takes some MiB at most. */
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

/** All jobs that there still are, those of the last 14 days (findJobs). */
export async function getExportJobs(requests: Requests): Promise<ExportJob[]> {
  return getAll(requests, { operation: 'findJobs', path: apiPath`/export/jobs` }, jobShape);
}

/**
 * The objects of one file of a job, streamed (getFile). A file that is cut off is read again, and each line is given once. A
 * line that is not a JSON object is counted and left out, unless the file ends with it, as one that was cut off does.
 *
 * @throws Failure `not_found` where the file is gone, and those of every request
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
    /** Of the last line: the file may end here because of it. */
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

/** The trouble of a file that ends with this line; null where it may end so. */
function instead(value: unknown, line: string, ended: boolean, subject: Subject): Problem | null {
  // Gladly and proxies before it answer with a page, a sentence, or an error in the place of a file, or of the rest of one.
  if (isError(value)) return notAnAnswer(subject, 'an error');
  const other = value === null && line.trim() !== 'null' ? otherThanData(line) : null;
  if (other !== null) return notAnAnswer(subject, other);
  return value === null && line.trim() !== 'null' && !ended ? cutOff(subject) : null;
}

/** Some write all objects as one list. */
function isListOfObjects(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isObject);
}
