import { Chalk } from 'chalk';
import type { ColorLevel } from './color.ts';
import { canSpin, startProgress, type Progress, type RunningProgress } from './progress.ts';
import { redact } from './redact.ts';
import { serialize } from './json.ts';
import { clean, cleanBlock } from './text.ts';
import { readableTimes } from './readable-times.ts';

/** How much goes to stderr: only errors; also warnings; the usual; or everything. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

type Shade = (text: string) => string;

/** Colors for stdout; without color support they return the text unchanged. */
export interface Paint {
  readonly bold: Shade;
  readonly dim: Shade;
  readonly green: Shade;
  readonly red: Shade;
  readonly yellow: Shade;
  readonly cyan: Shade;
}

/**
 * The only path from a command to the user. stdout carries results, stderr everything else. Known secrets are removed
 * from both; control characters are removed from text and escaped in JSON. A value inside a text should still go
 * through `clean`, so that its line breaks cannot imitate our lines.
 */
export interface Output {
  readonly json: boolean;
  readonly jsonl: boolean;
  readonly verbose: boolean;
  readonly level: LogLevel;
  /** The width of the terminal; large if stdout is not a terminal, because then nothing needs to be cut. */
  readonly columns: number;
  /** Whether results are read on a terminal. */
  readonly isTerminal: boolean;
  readonly paint: Paint;
  /** Whether the document of `--json` was printed, so that nothing may follow it. */
  readonly answered: boolean;
  /** The only result of a command. `human` returns a text without a line break at its end. */
  result(document: unknown, human: () => string): void;
  /** The only result of a command whose output goes to a log: under `--json` and `--jsonl` it is one line. */
  record(document: unknown, human: () => string): void;
  /** One of many results under `--jsonl`; for the rest use `result`. */
  line(document: unknown): void;
  /**
   * A part of the only result of a command, if the result is too long to hold. Foreign text in it has to be harmless
   * already. Resolves once the reader has the part.
   *
   * @returns false once nobody reads the result anymore
   */
  part(text: string): Promise<boolean>;
  /**
   * What to do next, after a result: below it on a terminal, else on stderr, so that it gets into no pipe. Nothing is
   * printed after a document or with `--quiet`.
   */
  hint(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  debug(text: string): void;
  progress(text: string): Progress;
}

/** What the output needs of a stream. */
export interface Sink {
  /** `done` is called when the text has left, or cannot leave. */
  write(text: string, done?: (error?: Error | null) => void): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly jsonl: boolean;
  readonly level: LogLevel;
  readonly color: { readonly stdout: ColorLevel; readonly stderr: ColorLevel };
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Describes the terminal. */
  readonly env?: NodeJS.ProcessEnv;
}

export const columnsWithoutTerminal = 1000;
/** Serial consoles, containers and `expect` may report 0. */
const columnsOfUnknownTerminal = 80;

export function createOutput(options: OutputOptions): Output {
  const { json, jsonl, level, stdout, stderr } = options;
  const paint = paintOf(options.color.stdout);
  const errorPaint = paintOf(options.color.stderr);
  const quiet = level === 'error' || level === 'warn';
  let answered = false;
  let running: RunningProgress | null = null;

  const print = (sink: Sink, text: string): void => {
    running?.hide();
    sink.write(text);
    running?.show();
  };
  const human = (text: string): string => {
    const safe = cleanBlock(redact(text), options.color.stdout > 0);
    return safe === '' || safe.endsWith('\n') ? safe : `${safe}\n`;
  };
  const note = (prefix: string, text: string): void => print(stderr, `${prefix}${clean(redact(text))}\n`);

  return {
    json,
    jsonl,
    verbose: level === 'debug',
    level,
    isTerminal: stdout.isTTY === true,
    get columns() {
      return stdout.isTTY === true ? stdout.columns || columnsOfUnknownTerminal : columnsWithoutTerminal;
    },
    paint,
    get answered() {
      return answered;
    },
    result(document, toText) {
      if (json) answered = true;
      if (json) print(stdout, `${serialize(document, 2)}\n`);
      else if (jsonl) print(stdout, `${serialize(document)}\n`);
      else print(stdout, human(toText()));
    },
    record(document, toText) {
      if (json) answered = true;
      print(stdout, json || jsonl ? `${serialize(document)}\n` : human(toText()));
    },
    line(document) {
      print(stdout, `${serialize(document)}\n`);
    },
    part(text) {
      if (json) answered = true;
      running?.hide();
      return new Promise((resolve) => {
        stdout.write(text, (error) => {
          running?.show();
          resolve(error === undefined || error === null);
        });
      });
    },
    hint(text) {
      if (quiet || json || jsonl) return;
      if (stdout.isTTY === true) print(stdout, `\n${human(text)}`);
      else note('', text);
    },
    info(text) {
      if (!quiet) note('', readableTimes(text));
    },
    warn(text) {
      if (level !== 'error') note(`${errorPaint.yellow('warning:')} `, readableTimes(text));
    },
    debug(text) {
      if (level === 'debug') note(errorPaint.dim('debug: '), text);
    },
    progress(text) {
      running?.stop();
      const spinning = !quiet && !json && !jsonl && canSpin(stderr, options.env ?? {});
      const started = startProgress(text, {
        manner: quiet ? 'silent' : spinning ? 'spinner' : 'lines',
        color: options.color.stderr > 0,
        print: (line) => print(stderr, `${line}\n`),
      });
      running = started;
      return started;
    },
  };
}

function paintOf(level: ColorLevel): Paint {
  const chalk = new Chalk({ level });
  const shade =
    (name: keyof Paint): Shade =>
    (text) =>
      chalk[name](text);
  return {
    bold: shade('bold'),
    dim: shade('dim'),
    green: shade('green'),
    red: shade('red'),
    yellow: shade('yellow'),
    cyan: shade('cyan'),
  };
}
