import type * as z from 'zod';
import { readJson } from '../http/body.ts';
import { notAnAnswer, type Problem, type Subject } from '../http/errors.ts';
import type { Call, Requests } from '../http/requests.ts';
import { readAll, readOne } from './fields.ts';

interface WithId {
  id: string | null;
}

/**
 * All objects of one kind.
 *
 * @param isNeverEmpty an organization has at least one, so that an empty list is a trouble that passes
 */
export async function getAll<T extends WithId>(
  requests: Requests,
  call: Pick<Call, 'operation' | 'path'>,
  shape: z.ZodType<T>,
  { isNeverEmpty = false }: { isNeverEmpty?: boolean } = {},
): Promise<(T & { id: string })[]> {
  return requests.ask({ ...call, method: 'GET' }, async (answer, subject) => {
    const found = readAll(shape, await readJson(answer, subject), subject);
    if (isNeverEmpty && found.length === 0) throw notAnAnswer(subject, 'an empty list');
    return found;
  });
}

/**
 * One object; null when Gladly does not know its id.
 *
 * @param absent the statuses by which the operation says so
 */
export async function findOne<T extends WithId>(
  requests: Requests,
  call: Pick<Call, 'operation' | 'path'> & { about: { noun: string; id: string } },
  shape: z.ZodType<T>,
  absent: readonly number[],
): Promise<(T & { id: string }) | null> {
  return requests.ask<(T & { id: string }) | null>(
    { ...call, method: 'GET' },
    async (answer, subject) => {
      const found = readOne(shape, await readJson(answer, subject), subject, call.about.id);
      refuseOther(call.about.id, found.id, subject, call.about.noun);
      return found;
    },
    nullAt(absent),
  );
}

/** @throws Problem that passes, where a cache in between mixed up two answers */
export function refuseOther(asked: string, found: string, subject: Subject, noun: string): void {
  if (found.trim().toLowerCase() !== asked.trim().toLowerCase())
    throw notAnAnswer(subject, `another ${noun}`);
}

/** Null for a problem with one of the statuses. */
export function nullAt(statuses: readonly number[]): (problem: Problem) => null | undefined {
  return (problem) => (problem.isAnswered(...statuses) ? null : undefined);
}
