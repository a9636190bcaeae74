import type { Log } from '../../ports/log.ts';
import { Failure } from '../../failure.ts';
import { thrownBy } from '../context/defect.ts';
import { errorFields } from '../context/error-fields.ts';
import type { Services } from '../context/services.ts';

const shortestPauseMilliseconds = 1000;
const longestPauseMilliseconds = 60_000;

/**
 * Repeats a piece of work until the services stop. A failure is logged, and the work is tried again after a pause that
 * doubles from 1 s to a minute while nothing gets better: a server outlives its troubles.
 *
 * @param work waits for work by itself and calls `onSuccess` when something went well; `failures` is how often in a row
 *   it has failed since then
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
      // What is stopped in the middle fails; that is harmless.
      if (stopped(signal)) return;
      failures += 1;
      const pauseMs = Math.min(shortestPauseMilliseconds * 2 ** (failures - 1), longestPauseMilliseconds);
      warnOf(log, task, error, pauseMs);
      await sleep(pauseMs).catch(() => undefined);
    }
  }
}

/**
 * Does something short now and again.
 *
 * @param work answers after how many milliseconds it is to be done again at the latest; null: after the usual time
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

/** A function, because the compiler takes a signal that was not aborted before for one that never is. */
function stopped(signal: AbortSignal): boolean {
  return signal.aborted;
}

function warnOf(log: Log, task: string, thrown: unknown, retryInMs: number): void {
  const error = thrownBy(thrown);
  const fields = { task, ...errorFields(error), retryInMs };
  if (error instanceof Failure) log.warn(fields, `${task}: ${error.code}`);
  else log.error(fields, 'unexpected, please report it');
}
