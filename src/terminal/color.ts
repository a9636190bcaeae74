import { isatty } from 'node:tty';

/** As in chalk: none, 16, 256, or millions of colors. */
export type ColorLevel = 0 | 1 | 2 | 3;

/**
 * Color is for terminals that support it. `--no-color` and a non-empty NO_COLOR (no-color.org) turn it off, and
 * FORCE_COLOR turns it on elsewhere (`0` and `false` turn it off).
 */
export function colorLevel(
  color: boolean | undefined,
  env: NodeJS.ProcessEnv,
  isTerminal: boolean,
): ColorLevel {
  if (color === false || (env['NO_COLOR'] ?? '').trim() !== '') return 0;
  const forced = env['FORCE_COLOR']?.trim() ?? '';
  if (forced === '0' || forced === 'false') return 0;
  if (forced === '2') return 2;
  if (forced === '3') return 3;
  if (forced !== '') return 1;
  return isTerminal && env['TERM'] !== 'dumb' ? 1 : 0;
}

/**
 * Tells the packages for prompts and the spinner, which read the environment themselves, that color is off. Node
 * prints a warning if both variables are set.
 */
export function keepPackagesPlain(color: boolean | undefined, env: NodeJS.ProcessEnv): void {
  if (color !== false && (env['NO_COLOR'] ?? '').trim() === '') return;
  env['NO_COLOR'] = '1';
  delete env['FORCE_COLOR'];
}

/** For help: without a terminal, the width is 80 columns and the stream is not opened. */
export function terminalWidth(): { isTerminal: boolean; columns: number } {
  const isTerminal = isatty(1);
  return { isTerminal, columns: (isTerminal && process.stdout.columns) || 80 };
}
