import { isatty } from 'node:tty';

/** As chalk counts them: none, 16, 256, millions. */
export type ColourLevel = 0 | 1 | 2 | 3;

/**
 * Colour only on a terminal that has some; `--no-color` and a non-empty NO_COLOR (no-color.org) switch it off,
 * FORCE_COLOR switches it on elsewhere (`0` and `false`: off).
 */
export function colourLevel(
  color: boolean | undefined,
  env: NodeJS.ProcessEnv,
  isTerminal: boolean,
): ColourLevel {
  if (color === false || (env['NO_COLOR'] ?? '') !== '') return 0;
  const forced = env['FORCE_COLOR'] ?? '';
  if (forced === '0' || forced === 'false') return 0;
  if (forced === '2') return 2;
  if (forced === '3') return 3;
  if (forced !== '') return 1;
  return isTerminal && env['TERM'] !== 'dumb' ? 1 : 0;
}

/**
 * What asks, and what spins, are packages that look into the environment for themselves: where colour is switched off, it
 * is for them as well. Node warns on stderr of every process that has both variables.
 */
export function keepPackagesPlain(color: boolean | undefined, env: NodeJS.ProcessEnv): void {
  if (color !== false && (env['NO_COLOR'] ?? '') === '') return;
  env['NO_COLOR'] = '1';
  delete env['FORCE_COLOR'];
}

/** Stdout as help sees it: 80 columns where it is no terminal, and then the stream need not be opened. */
export function terminalWidth(): { isTerminal: boolean; columns: number } {
  const isTerminal = isatty(1);
  return { isTerminal, columns: (isTerminal && process.stdout.columns) || 80 };
}
