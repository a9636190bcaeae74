import { type Failure, isForbidden, stopsTheRun } from '../../failure.ts';
import { passes } from '../survey/retry-time.ts';
import type { WorkResult } from './process-closing.ts';

/** This many failures in a row, or uncertain messages in a row, are not the closings' fault. */
const hopelessFailures = 12;

/** Judges from the results, one closing after another, whether a run of the queue should go on. */
export interface QueueHealth {
  /** @throws Failure that so many closings have met that the rest would too */
  note(result: WorkResult): void;
  /** The refusal, if every closing tried was refused, and more than one; else null. */
  forbidden(): Failure | null;
}

export function queueHealth(): QueueHealth {
  let failuresInARow = 0;
  let doubtsInARow = 0;
  /** One refusal says nothing about other closings; a second, with none permitted, shows that nothing is permitted. */
  const permission = { any: false, refused: 'nobody' as 'nobody' | 'one' | Failure };
  return {
    note(result) {
      const { outcome, failure } = result;
      failuresInARow = isTrouble(result) ? failuresInARow + 1 : 0;
      // Only an accepted message ends a run of uncertain ones.
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

/** Whether the next closing may meet the same. Uncertain messages matter most: each is left to a person. */
export function isTrouble({ outcome, failure }: WorkResult): boolean {
  if (failure === null) return false;
  if (outcome === 'uncertain') return true;
  return outcome === 'failed' && (passes(failure) || ['configuration', 'defect'].includes(failure.kind));
}

/** A refusal for one conversation stops nothing; permission to send holds for all or for none. */
export function stopsTheQueue(failure: Failure): boolean {
  return stopsTheRun(failure) || (isForbidden(failure) && failure.conversationId === null);
}
