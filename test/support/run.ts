import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { built } from './tools.ts';

export const binary = join(import.meta.dirname, '../../bin/gcsat');

export interface RunOptions {
  /** Added to a clean environment; undefined removes a variable. */
  env?: Record<string, string | undefined>;
  /** What is sent to stdin before it ends. */
  input?: string | Uint8Array;
  /** After this time the process is killed, and the run fails. */
  timeoutMs?: number;
  cwd?: string;
}

export interface RunResult {
  /** Null when a signal ended the process. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gcsat-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * An environment that shows nothing of this machine's user: no variables of gcsat except the given ones, no colors, no
 * CI, no extra certificates (they slow down every start). Configuration and data go below the folder.
 */
export function cleanEnvironment(folder: string, env: RunOptions['env'] = {}): NodeJS.ProcessEnv {
  const clean: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: folder,
    GCSAT_CONFIG_DIR: join(folder, 'config'),
    GCSAT_DATA_DIR: join(folder, 'data'),
  };
  for (const [name, value] of Object.entries(env)) clean[name] = value;
  return clean;
}

function spawnProgram(args: readonly string[], { env, cwd }: RunOptions): ChildProcessWithoutNullStreams {
  const folder = mkdtempSync(join(tmpdir(), 'gcsat-test-'));
  const child = spawn(process.execPath, [built(binary), ...args], {
    env: cleanEnvironment(folder, env),
    cwd,
    stdio: 'pipe',
  });
  child.on('close', () => rmSync(folder, { recursive: true, force: true }));
  return child;
}

/** Starts the program and leaves it running; it is killed when the test is over. */
export function start(args: readonly string[], options: RunOptions = {}): ChildProcessWithoutNullStreams {
  const child = spawnProgram(args, options);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Runs the program to its end. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { timeoutMs = 30_000 } = options;
  const child = spawnProgram(args, options);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  // A program that does not read its stdin may be gone before all of it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`gcsat ${args.join(' ')} ran for more than ${timeoutMs} ms\n${output.stderr}`));
    }, timeoutMs);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...output });
    });
  });
}

/** Runs the program with `--json`; fails unless stdout is exactly one JSON document. */
export async function runJson(args: readonly string[], options: RunOptions = {}): Promise<JsonResult> {
  return withDocument(args, await run(['--json', ...args], options));
}

export type JsonResult = RunResult & { document: ReturnType<typeof JSON.parse> };

export function withDocument(args: readonly string[], result: RunResult): JsonResult {
  try {
    return { ...result, document: JSON.parse(result.stdout) };
  } catch {
    throw new Error(
      `gcsat ${args.join(' ')} printed no single JSON document (exit ${result.code})\n` +
        `stdout: ${result.stdout}\nstderr: ${result.stderr}`,
    );
  }
}
