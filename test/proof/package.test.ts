import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../support/documents.ts';
import { temporaryFolder } from '../support/run.ts';
import { isWhole, proofTimeoutMs } from './extent.ts';

const execute = promisify(execFile);

/** The program as npm packs it, unpacked in the folder, with no other package beside it. */
async function packed(folder: string): Promise<string> {
  const cache = ['--offline', '--cache', join(folder, 'cache')];
  const args = ['pack', '--json', '--ignore-scripts', ...cache, '--pack-destination', folder];
  const { stdout } = await execute('npm', args, { cwd: root, maxBuffer: 1 << 26 });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await execute('tar', ['xzf', join(folder, filename), '-C', folder]);
  return join(folder, 'package/bin/gcsat');
}

/** The newest Node.js of a release line for this machine, from the registry that npm is configured for. */
async function newestNode(line: number, folder: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}@${line}`;
  const { stdout } = await execute('npm', ['pack', name, '--json', '--pack-destination', folder]);
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const binary = 'package/bin/node';
  await execute('tar', ['xzf', join(folder, filename), '-C', folder, '--strip-components', '2', binary]);
  return join(folder, 'node');
}

const runtimes: readonly [name: string, find: (folder: string) => Promise<string>][] = [
  ['this Node.js', () => Promise.resolve(process.execPath)],
  ['Node.js 22', (folder) => newestNode(22, folder)],
  ['Node.js 24', (folder) => newestNode(24, folder)],
];

test.each(runtimes)(
  'the packed program works on its own on %s',
  { timeout: proofTimeoutMs },
  async (_name, find) => {
    const folder = temporaryFolder();
    const [node, program] = await Promise.all([find(folder), packed(folder)]);
    const env = { PATH: process.env['PATH'], HOME: folder };
    const gcsat = async (...words: string[]): Promise<string> =>
      (await execute(node, [program, ...words], { env })).stdout;
    expect(await gcsat('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(JSON.parse(await gcsat('replay', '--sandbox', '--json'))).toMatchObject({ outcome: 'sent' });
    expect(JSON.parse(await gcsat('sync', '--sandbox', '--json'))).toMatchObject({ dryRun: false });

    const server = spawn(node, [program, 'serve', '--sandbox', '--json', '--port', '0'], { env });
    onTestFinished(() => void server.kill('SIGKILL'));
    const ended = once(server, 'close');
    const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
    const { listening } = JSON.parse(line) as { listening: string };
    expect((await fetch(`${listening}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${listening}/metrics`)).text()).toContain('gcsat_');
    server.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
  },
);

// Asks the registry that npm is configured for, so not every change waits for it.
if (isWhole) {
  test('no dependency of the program has a known weakness', { timeout: proofTimeoutMs }, async ({ skip }) => {
    const told = await execute('npm', ['audit', '--omit=dev', '--json'], { cwd: root }).catch(
      // npm also exits with an error if it finds a weakness.
      (error: unknown) => ({ stdout: (error as { stdout?: string }).stdout ?? '' }),
    );
    const report = JSON.parse(told.stdout === '' ? '{}' : told.stdout) as {
      message?: string;
      metadata?: { vulnerabilities: { total: number } };
      vulnerabilities?: Record<string, unknown>;
    };
    if (report.metadata === undefined) {
      const reason = `npm audit: not proved, the registry does not tell (${report.message ?? 'no answer'})`;
      process.stdout.write(`${reason}\n`);
      return skip(reason);
    }
    expect(report.vulnerabilities).toEqual({});
    expect(report.metadata.vulnerabilities.total).toBe(0);
  });
}
