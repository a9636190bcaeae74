import type { Ora } from 'ora';
import { redact } from './redact.ts';
import { clean } from './text.ts';

/** Shows how far a long piece of work has come. */
export interface Progress {
  update(text: string): void;
  stop(): void;
}

export interface RunningProgress extends Progress {
  /** Makes room for other output until `show` is called. */
  hide(): void;
  show(): void;
}

/** What the decision needs to know about a stream. */
interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface ProgressOptions {
  readonly manner: 'spinner' | 'lines' | 'silent';
  readonly color: boolean;
  readonly print: (line: string) => void;
}

const lineEveryMs = 10_000;

/** Whether ora shows a spinner here: it shows none on dumb terminals and in CI. */
export function canSpin({ isTTY, columns = 0 }: Terminal, env: NodeJS.ProcessEnv): boolean {
  // ora clears endlessly on a terminal that reports no columns.
  return isTTY === true && columns > 0 && env['TERM'] !== 'dumb' && !('CI' in env);
}

export function startProgress(text: string, options: ProgressOptions): RunningProgress {
  if (options.manner === 'spinner') return spinner(text, options);
  return options.manner === 'lines' ? lines(text, options) : silent;
}

const nothing = (): void => undefined;
const silent: RunningProgress = { update: nothing, stop: nothing, hide: nothing, show: nothing };

const safe = (text: string): string => clean(redact(text));

/** Prints a line every 10 s, so nothing for short work. */
function lines(first: string, { print }: ProgressOptions): RunningProgress {
  let text = first;
  const timer = setInterval(() => print(safe(text)), lineEveryMs);
  timer.unref();
  return {
    ...silent,
    update(next) {
      text = next;
    },
    stop: () => clearInterval(timer),
  };
}

/** The spinner appears once ora is loaded, which takes longer than most commands take to start. */
function spinner(first: string, { color }: ProgressOptions): RunningProgress {
  let text = safe(first);
  let shown: Ora | null = null;
  let ended = false;
  void import('ora').then(({ default: ora }) => {
    if (ended) return;
    // With discardStdin, Ctrl-C would not reach this process.
    shown = ora({
      text,
      stream: process.stderr,
      discardStdin: false,
      color: color ? 'cyan' : false,
    }).start();
  });
  return {
    update(next) {
      text = safe(next);
      if (shown !== null) shown.text = text;
    },
    stop() {
      ended = true;
      shown?.stop();
      shown = null;
    },
    hide: () => void shown?.clear(),
    show: () => void shown?.render(),
  };
}
