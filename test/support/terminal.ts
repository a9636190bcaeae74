import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished } from 'vitest';
import { binary, temporaryFolder } from './run.ts';
import { built, installed } from './tools.ts';

/** What is typed once a question, or a part of it, stands on the screen. */
export type Answer = readonly [question: string, answer: string];

/** More than a program ever shows; one that asks without end is killed. */
const mostCharacters = 1_000_000;

/**
 * Runs a line of shell on a pseudo-terminal of 100 columns, in which `gcsat` is the program, and types the answers in
 * their order.
 *
 * @returns its exit code, everything that the terminal was sent, and whether all questions were asked
 */
export async function atTerminal(
  line: string,
  env: Readonly<Record<string, string>>,
  answers: readonly Answer[] = [],
): Promise<{ code: unknown; screen: string; asked: boolean }> {
  const command = `stty cols 100 rows 40; gcsat() { '${process.execPath}' '${built(binary)}' "$@"; }; ${line}`;
  const terminal = spawn(installed('script'), ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { PATH: process.env['PATH'], HOME: temporaryFolder(), SHELL: '/bin/bash', TERM: 'xterm', ...env },
  });
  onTestFinished(() => void terminal.kill('SIGKILL'));
  let screen = '';
  let next = 0;
  let again: NodeJS.Timeout | undefined;
  terminal.stdin.on('error', () => undefined);
  terminal.stdout.on('data', (text: Buffer) => {
    screen += text.toString();
    if (screen.length > mostCharacters) terminal.kill('SIGKILL');
    const [question, answer] = answers[next] ?? [];
    if (question === undefined || answer === undefined || !screen.includes(question)) return;
    next += 1;
    terminal.stdin.write(answer);
    // What is typed in the moment in which a question appears may be lost. Once it is answered, it is marked with ✔,
    // and what is typed then is shown as it is.
    if (next !== answers.length) return;
    again = setInterval(() => {
      const text = stripVTControlCharacters(screen);
      if (text.lastIndexOf('✔ ') <= text.lastIndexOf('? ')) terminal.stdin.write(answer);
    }, 1000);
  });
  const [code] = await once(terminal, 'close');
  clearInterval(again);
  return { code, screen, asked: next === answers.length };
}
