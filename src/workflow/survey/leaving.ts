import { Failure } from '../../failure.ts';

/** The oldest that the reads behind a decision may be when its message leaves. */
export const freshMilliseconds = 120_000;

/** Marking may take this long, far less than the claim lasts. A process that took longer was suspended meanwhile. */
const longestMarkingMilliseconds = 10_000;

/** @param readAt epoch milliseconds of the oldest read that the decision rests on */
export function isFresh(readAt: number, now: number): boolean {
  // Compare in both directions: the clock may have been set back.
  return Math.abs(now - readAt) <= freshMilliseconds;
}

/** The message was marked as leaving, but the claim may have expired since. Nothing left. */
export class Overslept extends Error {}

/** @throws Overslept when the process stood still while marking the message as leaving */
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
