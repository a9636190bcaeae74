import type { Ora } from 'ora';
import { redact } from './redact.ts';
import { clean } from './text.ts';

/** A long work that tells how far it is. */
export interface Progress {
  update(text: string): void;
  /** Ends with a tick and the text, or the last text. */
  succeed(text?: string): void;
  stop(): void;
}

export interface RunningProgress extends Progress {
  /** Makes room for other output, until `show`. */
  hide(): void;
  show(): void;
}

/** What of a stream decides it. */
interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface ProgressOptions {
  readonly manner: 'spinner' | 'lines' | 'silent';
  readonly colour: boolean;
  readonly print: (line: string) => void;
}

const lineEveryMs = 10_000;

/** Where ora shows anything: it takes a dumb terminal, and every one in CI, for none that a spinner can turn on. */
export function canSpin({ isTTY, columns = 0 }: Terminal, env: NodeJS.ProcessEnv): boolean {
  // ora clears without end on a terminal that says to have no columns.
  return isTTY === true && columns > 0 && env['TERM'] !== 'dumb' && !('CI' in env);
}

export function startProgress(text: string, options: ProgressOptions): RunningProgress {
  if (options.manner === 'spinner') return spinner(text, options);
  return options.manner === 'lines' ? lines(text, options) : silent;
}

const nothing = (): void => undefined;
const silent: RunningProgress = {
  update: nothing,
  succeed: nothing,
  stop: nothing,
  hide: nothing,
  show: nothing,
};

const safe = (text: string): string => clean(redact(text));

/** Nothing for short work; a line every 10 s, and then also one at the end, for long work. */
function lines(first: string, { print }: ProgressOptions): RunningProgress {
  let text = first;
  let told = false;
  const timer = setInterval(() => {
    told = true;
    print(safe(text));
  }, lineEveryMs);
  timer.unref();
  return {
    ...silent,
    update(next) {
      text = next;
    },
    succeed(last) {
      clearInterval(timer);
      if (told) print(safe(last ?? text));
      told = false;
    },
    stop: () => clearInterval(timer),
  };
}

/** The spinner appears once ora is loaded, which costs more than most commands take to start. */
function spinner(first: string, { colour, print }: ProgressOptions): RunningProgress {
  let text = safe(first);
  let shown: Ora | null = null;
  let ended = false;
  void import('ora').then(({ default: ora }) => {
    if (ended) return;
    // With discardStdin, Ctrl-C would not reach us.
    shown = ora({
      text,
      stream: process.stderr,
      discardStdin: false,
      color: colour ? 'cyan' : false,
    }).start();
  });
  const end = (): void => {
    ended = true;
    shown?.stop();
    shown = null;
  };
  return {
    update(next) {
      text = safe(next);
      if (shown !== null) shown.text = text;
    },
    succeed(last) {
      if (ended) return;
      end();
      print(`${colour ? '\u001B[32m✔\u001B[39m' : '✔'} ${last === undefined ? text : safe(last)}`);
    },
    stop: end,
    hide: () => void shown?.clear(),
    show: () => void shown?.render(),
  };
}
