import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startSandbox } from '../../src/sandbox/start.ts';
import { blocksOf } from './documents.ts';
import { binary, temporaryFolder } from './run.ts';

/** A command in a document, and what the document says it prints. */
export interface Step {
  command: string;
  printed: string[];
  heading: string;
}

/** The day on which the transcripts were taken: the sandbox names its special conversations anew every day. */
const takenAt = Date.parse('2026-11-22T12:00:00Z');

/** The steps of the `console` blocks of a document, in order. */
export function stepsOf(text: string): Step[] {
  const steps: Step[] = [];
  for (const { language, lines, heading } of blocksOf(text)) {
    if (language !== 'console') continue;
    for (const line of lines) {
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), printed: [], heading });
      else steps.at(-1)?.printed.push(line);
    }
  }
  return steps;
}

export interface Session {
  /** Types a command as a reader would. Returns everything that it prints and its exit code. */
  type(command: string): Promise<{ output: string; code: number | null | 'running' }>;
}

/** Commands that run until they are stopped, and the last line that each prints before it waits. */
const waiting: readonly [command: RegExp, isReady: RegExp][] = [
  [/^gcsat sandbox\b/, /Press Ctrl-C/],
  [/^gcsat serve .*--sandbox\b|^gcsat serve --sandbox\b/, /Press Ctrl-C/],
  [/^gcsat serve\b/, /^listening on /m],
];

/**
 * A reader with several terminals, on a machine where nobody has used gcsat before. `gcsat sandbox` and `gcsat serve`
 * run in other terminals, and the variables that the sandbox prints are exported in this one. The document's ports may
 * be taken on this machine, so the programs get free ports, which later commands use.
 */
export async function openSession(): Promise<Session> {
  const home = temporaryFolder();
  const programs = join(home, 'bin');
  mkdirSync(programs);
  symlinkSync(binary, join(programs, 'gcsat'));
  const env: NodeJS.ProcessEnv = { PATH: `${programs}:${process.env['PATH'] ?? ''}`, HOME: home };
  const translate = await translation();
  let serving = 'http://localhost:8080';

  const shell = (command: string): ChildProcess => {
    const child = spawn('bash', ['-c', command], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };

  const type: Session['type'] = (command) =>
    new Promise((resolve, reject) => {
      const child = shell(`{ ${translate(command).replace(/^npx /, '')}; } 2>&1`);
      let output = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
      child
        .on('error', reject)
        .on('close', (code) => resolve({ output: output.replaceAll(home, '~'), code }));
    });

  const startOther = async (command: string, isReady: RegExp): ReturnType<Session['type']> => {
    const anyPort = command.replace(/ --port \d+/, '');
    const child = shell(`exec ${anyPort} --port 0`);
    let [output, log] = ['', ''];
    await new Promise<void>((resolve, reject) => {
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (isReady.test(output)) resolve();
      });
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
      child.on('close', () => reject(new Error(`${command} ended: ${output}${log}`)));
    });
    for (const [, name = '', value] of output.matchAll(/export (\w+)=(\S+)/g)) env[name] = value;
    const listening = /^listening on (http:\S+)/m.exec(output)?.[1];
    if (listening !== undefined) {
      serving = listening;
      env['GCSAT_PUBLIC_URL'] = listening;
    }
    return { output, code: 'running' };
  };

  return {
    type(command) {
      const [, isReady] = waiting.find(([known]) => known.test(command)) ?? [];
      if (isReady !== undefined) return startOther(command, isReady);
      return type(command.replaceAll('http://localhost:8080', serving));
    },
  };
}

/** Replaces the special conversations of the transcripts' day with those of today. */
async function translation(): Promise<(command: string) => string> {
  const [then, now] = await Promise.all([specialIds(() => takenAt), specialIds(Date.now)]);
  const ids = new Map(then.map((id, index) => [id, now[index]]));
  return (command) => command.replace(/(?<![\w-])[\w-]{22}(?![\w-])/g, (id) => ids.get(id) ?? id);
}

async function specialIds(clock: () => number): Promise<string[]> {
  const sandbox = await startSandbox({ size: 0, clock });
  await sandbox.close();
  return sandbox.traps.map(({ conversationId }) => conversationId);
}

/**
 * Lines of a long run that appear on some days only: why a customer gets no survey, further rows of a table, the
 * requests by operation, the progress of anything that takes more than ten seconds.
 */
const everydayRow =
  /^(?:(?:Suppressed|Would skip)? +\d+ {2}\S.*| +and \d+ more| {10,}\w+ \d+(?:, \w+ \d+)*|.* closings\/s(?:, .* left)?)$/;
const everydayCounts =
  /^(Closings|Would add|This run|Would send|Would take|By agent|By inbox|By day|Requests|Time) +(?!0: )(?:about )?\d.*$/;

/**
 * The part of the output that stays the same from day to day and from machine to machine: no ids, times, ports, column
 * widths, or counts of everyday conversations and what became of them.
 */
export function lasting(output: string | readonly string[]): string {
  const lines = typeof output === 'string' ? output.split('\n') : output;
  return lines
    .filter((line) => !everydayRow.test(line))
    .map((line) =>
      line
        .replace(everydayCounts, '$1 COUNTS')
        .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, 'TIME')
        .replace(/\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}(?: (?:UTC|C[SD]T))?)?/g, 'TIME')
        .replace(/[A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d{2} [AP]M C[SD]T/g, 'TIME')
        .replace(/\b\d{2}-\d{2} \d{2}:\d{2}:\d{2}\b/g, 'TIME')
        .replace(/[\w-]{22,}/g, 'ID')
        .replace(/(?:127\.0\.0\.1|localhost)([:_])\d+/g, '127.0.0.1$1PORT')
        .replace(/\d+ ms\b/g, 'N ms')
        // Addresses of special customers contain the day.
        .replace(/\.\d{5}-(\d+@)/g, '.DAY-$1')
        .replace(/ +/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '')
    .join('\n');
}

/** Matches what a document says is printed; a line of `…` stands for lines that it leaves out. */
export function pattern(printed: readonly string[]): RegExp {
  const escaped = lasting(printed)
    .split('\n')
    .map((line) => (line === '…' ? '[^]*' : line.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')));
  return new RegExp(`^${escaped.join('\n').replaceAll('\n[^]*', '[^]*').replaceAll('[^]*\n', '[^]*')}$`);
}
