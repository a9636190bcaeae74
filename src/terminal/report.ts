import { Failure, exitCodes } from '../failure.ts';
import { colorLevel } from './color.ts';
import { redact } from './redact.ts';
import { clean, cleanBlock, escapeControls } from './text.ts';
import { readableTimes } from './readable-times.ts';

/** The output options of the failed command. */
export interface ReportOptions {
  readonly json: boolean;
  /** Whether the document of `--json` was already printed. */
  readonly answered: boolean;
  readonly verbose: boolean;
  readonly color: boolean | undefined;
}

/**
 * Reports an error to the user: one line on stderr, and under `--json` a document on stdout.
 *
 * @returns the exit code.
 */
export function reportError(error: unknown, options: ReportOptions): number {
  const failure = error instanceof Failure ? error : defect(error);
  const { stdout, stderr } = process;
  if (options.json && !options.answered) stdout.write(`${errorDocument(failure)}\n`);
  const prefix =
    colorLevel(options.color, process.env, stderr.isTTY) > 0 ? '\u001B[31merror:\u001B[39m' : 'error:';
  stderr.write(`${prefix} ${errorLine(failure)}\n`);
  if (options.verbose && !(error instanceof Failure && error.cause === undefined)) {
    stderr.write(`${cleanBlock(redact(traceOf(error)), false)}\n`);
  }
  return exitCodes[failure.kind];
}

function defect(error: unknown): Failure {
  const what = error instanceof Error ? error.message : String(error);
  return new Failure('defect', 'defect', `unexpected: ${what}`, {
    hint: 'This is a defect in gcsat. Please report it and what you did; -v shows the stack trace.',
  });
}

function errorLine({ message, hint }: Failure): string {
  return clean(redact(readableTimes(`${message} (${hint})`)));
}

function errorDocument({ code, message, hint, conversationId }: Failure): string {
  const error = {
    code,
    message: clean(redact(message)),
    hint: clean(redact(hint)),
    conversationId: conversationId === null ? null : redact(conversationId),
  };
  // A single line, because a log may collect it.
  return escapeControls(JSON.stringify({ error }));
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${traceOf(error.cause)}`;
}
