import { Failure } from '../../failure.ts';

/** The decision rests on reads of at most this age when the message leaves. */
export const freshMilliseconds = 120_000;

/** Marking may take so long, far less than the claim holds from its beginning. Who took longer was stopped in it. */
const longestMarkingMilliseconds = 10_000;

/** @param readAt when what the decision rests on was read, in milliseconds */
export function isFresh(readAt: number, now: number): boolean {
  // Either way, because a clock may be set back.
  return Math.abs(now - readAt) <= freshMilliseconds;
}

/** The message was marked, and the claim may be over since. Nothing left. */
export class Overslept extends Error {}

/** @throws Overslept when the process stood still while it marked the message as leaving */
export async function markInTime(mark: () => Promise<void>): Promise<void> {
  const from = performance.now();
  await mark();
  if (performance.now() - from > longestMarkingMilliseconds) throw new Overslept();
}

export function overslept(): Failure {
  const message = 'gcsat was suspended for too long before the message could leave, so it was not sent';
  return new Failure('temporary', 'stood_still', message, {
    hint: 'It is tried again by itself. If this recurs, check what suspends the process or its machine.',
  });
}
