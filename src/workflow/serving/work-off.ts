import type { Services } from '../context/services.ts';
import type { WakeUp } from './wake-up.ts';

/** Work that waits in the ledger. */
export interface Backlog<Due> {
  /** What may be done now, longest overdue first. */
  due: (limit: number) => Promise<Due[]>;
  keyOf: (due: Due) => string;
  /** @throws an error that all the others would meet too */
  work: (due: Due) => Promise<void>;
}

/** Several at once, so that one that hangs does not hold up the others. */
const mostAtOnce = 4;

/**
 * Does work as soon as it is due, several pieces at once, until the services stop.
 *
 * @throws the first error that all would meet; work already begun is finished
 */
export async function workOff<Due>(
  { signal }: Pick<Services, 'signal'>,
  wakeUp: WakeUp,
  { due, keyOf, work }: Backlog<Due>,
): Promise<void> {
  const working = new Map<string, Promise<void>>();
  const troubles: unknown[] = [];

  const begin = async (one: Due): Promise<void> => {
    try {
      await work(one);
    } catch (error) {
      troubles.push(error);
    } finally {
      working.delete(keyOf(one));
      wakeUp.notify();
    }
  };

  try {
    while (!signal.aborted && troubles.length === 0) {
      if (working.size < mostAtOnce) {
        const found = await due(working.size + mostAtOnce);
        const free = found.filter((one) => !working.has(keyOf(one)));
        for (const one of free.slice(0, mostAtOnce - working.size)) working.set(keyOf(one), begin(one));
      }
      await wakeUp.wait(signal);
    }
  } finally {
    await Promise.all(working.values());
  }
  if (troubles.length > 0) throw troubles[0];
}
