import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const howToInstall = 'On Debian, .ci/run installs what the tests need.';

/** @throws Error of one line if a program that a test starts is not installed */
export function installed(program: string): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const path = folders.map((folder) => join(folder, program)).find(isExecutable);
  if (path === undefined) throw new Error(`'${program}' is not installed. ${howToInstall}`);
  return path;
}

/** The browser for the tests of pages: the one that `CHROMIUM` names, or else the installed one. */
export function installedChromium(): string {
  const named = process.env['CHROMIUM'] ?? '';
  if (named === '') return installed('chromium');
  if (!isExecutable(named)) throw new Error(`CHROMIUM names '${named}', which is no program.`);
  return named;
}

/**
 * The library that gives a program another clock, wherever Debian puts it on this kind of machine.
 *
 * @throws Error of one line if it is not installed
 */
export function installedClock(): string {
  const places = readdirSync('/usr/lib').map((name) => `/usr/lib/${name}/faketime/libfaketimeMT.so.1`);
  const path = places.find((place) => existsSync(place));
  if (path === undefined) throw new Error(`libfaketime is not installed. ${howToInstall}`);
  return path;
}

/** @throws Error of one line if the program was not built */
export function built(program: string): string {
  const start = join(program, '../../dist/start.cjs');
  if (!existsSync(start))
    throw new Error('The program is not built. Run `npm run build` before the tests that start it.');
  return program;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
