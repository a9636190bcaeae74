import { Failure, type FailureKind } from '../failure.ts';
import type { Services } from './services.ts';

/** Where a long run tells what it does: ids and figures, never a person's data. */
export interface RunLog {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

const shortestPauseMilliseconds = 1000;
const longestPauseMilliseconds = 60_000;

/**
 * Does the same work again and again until the services stop. What stops it is told and tried again after a pause, that
 * doubles from 1 s to a minute while nothing gets better: a server outlives its troubles.
 *
 * @param work waits for its work by itself; `went` tells that something went well, `failures` how often in a row it
 *   ended without that
 */
export async function keepGoing(
  { signal, sleep }: Pick<Services, 'signal' | 'sleep'>,
  log: RunLog,
  task: string,
  work: (failures: number, went: () => void) => Promise<void>,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await work(failures, () => {
        failures = 0;
      });
      failures = 0;
    } catch (error) {
      // What is stopped in the middle fails; that is no trouble.
      if (stopped(signal)) return;
      failures += 1;
      const pauseMs = Math.min(shortestPauseMilliseconds * 2 ** (failures - 1), longestPauseMilliseconds);
      tell(log, task, error, pauseMs);
      await sleep(pauseMs).catch(() => undefined);
    }
  }
}

/** A function, because the compiler takes a signal that was not aborted before for one that never is. */
function stopped(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Failures that every piece of work meets are about the configuration; those of one closing may quote a person. */
const impersonal: readonly FailureKind[] = ['credentials', 'configuration', 'ledger'];

function tell(log: RunLog, task: string, error: unknown, retryInMs: number): void {
  if (error instanceof Failure) {
    const { kind, code, hint, message } = error;
    log.warn({ task, kind, code, hint, retryInMs }, impersonal.includes(kind) ? message : `${task}: ${code}`);
    return;
  }
  // The message of a defect may quote anything, and its stack begins with it.
  const where = (error instanceof Error ? (error.stack ?? '') : '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
  const name = error instanceof Error ? error.name : typeof error;
  log.error({ task, code: 'defect', error: name, where, retryInMs }, 'unexpected, please report it');
}
