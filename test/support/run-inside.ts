import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { programOf } from '../../src/commands/program/main.ts';
import { cleanEnvironment, withDocument, type JsonResult, type RunOptions, type RunResult } from './run.ts';

let isRunning = false;

const beforeNodeStarts = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'TMPDIR'];

type InsideOptions = Pick<RunOptions, 'env' | 'input' | 'cwd'>;

/**
 * Runs a command line as `run` does, but in the process of the test, which is several times faster. Use it for what a
 * command says and stores. Signals, crashes, two runs at once, and anything that needs the operating system need `run`.
 */
export async function runInside(
  args: readonly string[],
  { env, input = '', cwd }: InsideOptions = {},
): Promise<RunResult> {
  const foreign = beforeNodeStarts.find((name) => env?.[name] !== undefined);
  if (foreign !== undefined) throw new Error(`Node reads ${foreign} when it starts: use run`);
  if (isRunning) throw new Error('one at a time: two runs in one process would share their output');
  isRunning = true;
  const folder = mkdtempSync(join(tmpdir(), 'gcsat-test-'));
  const stdout = textSink();
  const stderr = textSink();
  const own = {
    env: cleanEnvironment(folder, env),
    stdin: Object.assign(Readable.from([Buffer.from(input)]), { isTTY: false }),
    stdout: stdout.stream,
    stderr: stderr.stream,
  };
  const replaced = Object.entries(own).map(([name, value]) => {
    const before = Object.getOwnPropertyDescriptor(process, name);
    Object.defineProperty(process, name, { value, configurable: true, writable: true, enumerable: true });
    return { name, before };
  });
  const umask = process.umask(0o077);
  const before = process.cwd();
  if (cwd !== undefined) process.chdir(cwd);
  try {
    const program = programOf({
      args,
      env: own.env,
      version: '0.0.0-test',
      print: (text) => void stdout.stream.write(text),
    });
    const code = await program.run().catch((error: unknown) => program.fail(error));
    return { code, signal: null, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.umask(umask);
    process.chdir(before);
    for (const { name, before } of replaced) {
      if (before !== undefined) Object.defineProperty(process, name, before);
    }
    rmSync(folder, { recursive: true, force: true });
    isRunning = false;
  }
}

/** Runs as `runJson` does, but in the process of the test. */
export async function runJsonInside(args: readonly string[], options?: InsideOptions): Promise<JsonResult> {
  return withDocument(args, await runInside(['--json', ...args], options));
}

function textSink(): { stream: Writable; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return {
    stream: Object.assign(stream, { isTTY: false }),
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
}
