import type { Log } from '../../ports/log.ts';
import { Failure } from '../../failure.ts';
import { thrownBy } from '../context/defect.ts';
import { errorFields } from '../context/error-fields.ts';
import type { Services } from '../context/services.ts';

const shortestPauseMilliseconds = 1000;
const longestPauseMilliseconds = 60_000;

/**
 * Repeats a task until the services stop. A failure is logged, and the task is tried again after a pause that doubles
 * from 1 s to a minute while nothing gets better: a server outlives its troubles.
 *
 * @param work waits for work by itself and calls `onSuccess` when something went well; `failures` counts its failures
 *   in a row since then
 */
export async function keepGoing(
  { signal, sleep }: Pick<Services, 'signal' | 'sleep'>,
  log: Log,
  task: string,
  work: (failures: number, onSuccess: () => void) => Promise<void>,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await work(failures, () => {
        failures = 0;
      });
      failures = 0;
    } catch (error) {
      // Work that is stopped midway fails; that is harmless.
      if (stopped(signal)) return;
      failures += 1;
      const pauseMs = Math.min(shortestPauseMilliseconds * 2 ** (failures - 1), longestPauseMilliseconds);
      warnOf(log, task, error, pauseMs);
      await sleep(pauseMs).catch(() => undefined);
    }
  }
}

/**
 * Repeats a short task at intervals.
 *
 * @param work returns the most milliseconds until it must run again; null: the usual interval
 */
export async function repeatEvery(
  services: Pick<Services, 'signal' | 'sleep'>,
  log: Log,
  everyMilliseconds: number,
  work: () => Promise<number | null>,
): Promise<void> {
  await keepGoing(services, log, 'time', async () => {
    const wait = (await work()) ?? everyMilliseconds;
    await services.sleep(Math.min(wait, everyMilliseconds));
  });
}

/** A function, because the compiler assumes that a signal found not aborted stays that way. */
function stopped(signal: AbortSignal): boolean {
  return signal.aborted;
}

function warnOf(log: Log, task: string, thrown: unknown, retryInMs: number): void {
  const error = thrownBy(thrown);
  const fields = { task, ...errorFields(error), retryInMs };
  if (error instanceof Failure) log.warn(fields, `${task}: ${error.code}`);
  else log.error(fields, 'unexpected, please report it');
}
