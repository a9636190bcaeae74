import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished } from 'vitest';
import { binary, temporaryFolder } from './run.ts';
import { built, installed } from './tools.ts';

/** What to type once a question, or a part of it, is on the screen. */
export type Answer = readonly [question: string, answer: string];

/** More than a program ever shows; a program that asks endlessly is killed. */
const mostCharacters = 1_000_000;

/**
 * Runs a line of shell, in which `gcsat` is the program, on a pseudo-terminal of 100 columns, and types the answers in
 * order.
 *
 * @returns its exit code, everything that was sent to the terminal, and whether all questions were asked
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
    // What is typed at the moment when a question appears may be lost, so the last answer is typed again until its
    // question is marked with ✔. Anything typed after that would be shown on the screen.
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
