import { exitCodes, Failure } from '../../failure.ts';
import { isUnderNohup } from './nohup.ts';

/** How long a stopped command may take to finish what is in flight: some service managers kill it after 10 s. */
const graceMs = 9000;
/** npx forwards a Ctrl-C that the terminal has already sent to every process: one press, two signals. */
const samePressMs = 200;

export interface Signals {
  readonly signal: AbortSignal;
  close(): void;
}

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP (the terminal was closed) into an aborted signal. A second SIGINT exits
 * at once; in any case the process exits 9 s after the first signal. Under nohup, SIGHUP does nothing.
 *
 * @param giveUp reports the end when the 9 s are over, and returns the exit code.
 * @param keeps whether the ledger stays, so that running the same command again continues
 */
export function listenForSignals(
  giveUp: (reason: Failure) => number,
  keeps: () => boolean = () => true,
): Signals {
  const controller = new AbortController();
  let stoppedAt = 0;
  const stop = (name: 'SIGINT' | 'SIGTERM' | 'SIGHUP', kind: 'interrupted' | 'terminated'): void => {
    if (controller.signal.aborted) {
      if (name === 'SIGINT' && performance.now() - stoppedAt > samePressMs) process.exit(exitCodes[kind]);
      return;
    }
    stoppedAt = performance.now();
    const reason = new Failure(kind, kind, `stopped by ${name}`, {
      hint: keeps()
        ? 'Run the same command again to continue.'
        : 'The sandbox and its ledger are gone: the same command starts over. `--database FILE` keeps the ledger.',
    });
    const late = new Failure(kind, kind, `stopped by ${name} while work was still in flight`, {
      hint: keeps()
        ? 'A message that was leaving is kept as uncertain: see `gcsat surveys list --state uncertain`.'
        : 'The sandbox and its ledger are gone.',
    });
    setTimeout(() => process.exit(giveUp(late)), graceMs).unref();
    controller.abort(reason);
  };
  const onInterrupt = (): void => stop('SIGINT', 'interrupted');
  const onTerminate = (): void => stop('SIGTERM', 'terminated');
  const onHangUp = (): void => {
    if (!isUnderNohup(process.env)) stop('SIGHUP', 'terminated');
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  process.on('SIGHUP', onHangUp);
  return {
    signal: controller.signal,
    close() {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
      process.off('SIGHUP', onHangUp);
    },
  };
}

export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The exit code of a command that works until it is stopped. */
export function exitCodeOf(signal: AbortSignal): number {
  const reason: unknown = signal.reason;
  return reason instanceof Failure ? exitCodes[reason.kind] : 0;
}
