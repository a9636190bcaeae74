import type * as z from 'zod';
import { readJson } from '../http/body.ts';
import type { Problem } from '../http/errors.ts';
import type { Call, Requests } from '../http/requests.ts';
import { readAll, readOne } from './fields.ts';

interface WithId {
  id: string | null;
}

/** All objects of one kind. */
export async function getAll<T extends WithId>(
  requests: Requests,
  call: Pick<Call, 'operation' | 'path'>,
  shape: z.ZodType<T>,
): Promise<(T & { id: string })[]> {
  return requests.ask({ ...call, method: 'GET' }, async (answer, subject) =>
    readAll(shape, await readJson(answer, subject), subject),
  );
}

/**
 * One object; null when Gladly does not know its id.
 *
 * @param absent the statuses with which the operation says that it does not know the id
 */
export async function findOne<T extends WithId>(
  requests: Requests,
  call: Pick<Call, 'operation' | 'path'> & { about: { noun: string; id: string } },
  shape: z.ZodType<T>,
  absent: readonly number[],
): Promise<(T & { id: string }) | null> {
  return requests.ask<(T & { id: string }) | null>(
    { ...call, method: 'GET' },
    async (answer, subject) => readOne(shape, await readJson(answer, subject), subject, call.about.id),
    nullAt(absent),
  );
}

/** Null for a problem with one of the statuses. */
export function nullAt(statuses: readonly number[]): (problem: Problem) => null | undefined {
  return (problem) => (problem.isAnswered(...statuses) ? null : undefined);
}
