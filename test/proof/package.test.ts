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

test('the packed program works on its own, without any package beside it', async () => {
  const folder = temporaryFolder();
  const cache = ['--offline', '--cache', join(folder, 'cache')];
  const args = ['pack', '--json', '--ignore-scripts', ...cache, '--pack-destination', folder];
  const { stdout } = await execute('npm', args, { cwd: root, maxBuffer: 1 << 26 });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  await execute('tar', ['xzf', join(folder, filename), '-C', folder]);

  const program = join(folder, 'package/bin/gcsat');
  const env = { PATH: process.env['PATH'], HOME: folder };
  const gcsat = async (...words: string[]): Promise<string> =>
    (await execute(process.execPath, [program, ...words], { env })).stdout;
  expect(await gcsat('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(JSON.parse(await gcsat('replay', '--sandbox', '--json'))).toMatchObject({ outcome: 'sent' });
  expect(JSON.parse(await gcsat('sync', '--sandbox', '--json'))).toMatchObject({ dryRun: false });

  const server = spawn(process.execPath, [program, 'serve', '--sandbox', '--json', '--port', '0'], { env });
  onTestFinished(() => void server.kill('SIGKILL'));
  const ended = once(server, 'close');
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  const { listening } = JSON.parse(line) as { listening: string };
  expect((await fetch(`${listening}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${listening}/metrics`)).text()).toContain('gcsat_');
  server.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
});

// Asks the registry that npm is configured for, so it is no part of what every change waits for.
if (isWhole) {
  test('no dependency of the program has a known weakness', { timeout: proofTimeoutMs }, async ({ skip }) => {
    const told = await execute('npm', ['audit', '--omit=dev', '--json'], { cwd: root }).catch(
      // Weaknesses are an exit code, too.
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
