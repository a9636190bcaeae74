import { type Failure, isForbidden, stopsTheRun } from '../../failure.ts';
import { passes } from '../survey/retry-time.ts';
import type { WorkResult } from './process-closing.ts';

/** So many failures in a row, with nothing done between them, are not the closings' fault; messages in doubt alike. */
const hopelessFailures = 12;

/** Whether a run of the queue should go on, from what became of one closing after the other. */
export interface QueueHealth {
  /** @throws Failure that the rest would meet too, as so many have */
  note(result: WorkResult): void;
  /** What was refused to everything that was tried, and more than once; else null. */
  forbidden(): Failure | null;
}

export function queueHealth(): QueueHealth {
  let failuresInARow = 0;
  let doubtsInARow = 0;
  /** One refusal alone says nothing of the others; a second one says that nothing is permitted. */
  const permission = { any: false, refused: 'nobody' as 'nobody' | 'one' | Failure };
  return {
    note(result) {
      const { outcome, failure } = result;
      failuresInARow = isTrouble(result) ? failuresInARow + 1 : 0;
      // Only an accepted message ends a row of doubts.
      if (outcome === 'uncertain') doubtsInARow += 1;
      else if (outcome === 'sent') doubtsInARow = 0;
      if (failure !== null && isForbidden(failure)) {
        permission.refused = permission.refused === 'nobody' ? 'one' : failure;
      } else if (outcome !== 'waiting') permission.any = true;
      if (failure !== null && Math.max(failuresInARow, doubtsInARow) >= hopelessFailures) throw failure;
    },
    forbidden: () => (permission.any || typeof permission.refused === 'string' ? null : permission.refused),
  };
}

/** What the next closing may meet too. Messages in doubt most of all: each of them is left to a person. */
export function isTrouble({ outcome, failure }: WorkResult): boolean {
  if (failure === null) return false;
  if (outcome === 'uncertain') return true;
  return outcome === 'failed' && (passes(failure) || ['configuration', 'defect'].includes(failure.kind));
}

/** What Gladly does not permit for one conversation stops nothing; to send is permitted for all or for none. */
export function stopsTheQueue(failure: Failure): boolean {
  return stopsTheRun(failure) || (isForbidden(failure) && failure.conversationId === null);
}
