import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, type TestContext } from 'vitest';

const runner = join(import.meta.dirname, '../bench/run.mjs');

/** Each benchmark as small as it gets, and the first headings of its tables. */
const small: Record<string, { options: string; tables: string[] }> = {
  startup: { options: '--rounds 1', tables: ['start  '] },
  replay: { options: '--latency 10', tables: ['what  '] },
  backfill: {
    options: '--size 200 --since 1d --latency 0',
    tables: ['run  ', 'operation  ', 'verdict  '],
  },
  sources: { options: '--whole 100 --size 40 --days 2 --latency 0', tables: ['run  ', 'operation  '] },
  pacing: { options: '--seconds 0.3 --settling 0.2 --latency 0', tables: ['client  '] },
  webhook: {
    options: '--seconds 0.3 --rounds 1 --queued 50',
    tables: ['server  ', 'webhooks  ', 'closings  '],
  },
  memory: { options: '--rows 200', tables: ['closings found  ', 'question  '] },
  report: { options: '--rows 100,200 --turns 1', tables: ['closings of a year  ', 'question  '] },
  ledger: {
    options: '--seconds 0.3 --closings 40 --processes 2',
    tables: ['ledger  ', 'kind  '],
  },
  soak: { options: '--minutes 0.05 --rate 5 --parts 2', tables: ['until minute  '] },
  queries: { options: '--rows 100,200', tables: ['closings of a year  ', 'question  '] },
};

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The test's own hook for cleaning up when it ends, because several tests run at once. */
type Finishing = Pick<TestContext, 'onTestFinished'>;

function folderOf({ onTestFinished }: Finishing): string {
  const folder = mkdtempSync(join(tmpdir(), 'gcsat-test-'));
  // A database server does not run as root, and its data are in this folder.
  chmodSync(folder, 0o711);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** All files of the run are in the folder, and all its processes are started with a path in that folder. */
function runBenchmark(
  name: string,
  options: string,
  folder: string,
  { onTestFinished }: Finishing,
): Promise<Ended> {
  const child = spawn(process.execPath, [runner, name, ...options.split(' ')], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill());
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}

/** Ids of the processes whose arguments contain all of these. */
function processesWith(...texts: readonly string[]): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return pids.filter((pid) => texts.every((text) => argumentsOf(pid).includes(text)));
}

function argumentsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It has ended.
    return '';
  }
}

test('every benchmark is run here', () => {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const named = Object.keys(scripts).filter((script) => script.startsWith('bench:'));
  expect(named.map((script) => script.replace('bench:', '')).sort()).toEqual(Object.keys(small).sort());
  for (const script of named) expect(scripts['bench']).toContain(`npm run ${script}`);
});

// The benchmarks mostly wait for the pace of requests.
test.concurrent.for(Object.entries(small))(
  'the benchmark %s runs and prints its tables',
  // A busy machine takes several times as long.
  { timeout: 240_000 },
  async ([name, { options, tables }], { expect, onTestFinished }) => {
    const folder = folderOf({ onTestFinished });
    const { code, stdout, stderr } = await runBenchmark(name, options, folder, { onTestFinished });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.split('\n');
    for (const heading of tables) {
      const head = lines.findIndex((line) => line.startsWith(heading));
      expect(head, `a table of '${heading.trim()}'\n${stdout}`).toBeGreaterThanOrEqual(0);
      expect(lines[head + 1]).toMatch(/^-+( {2}-+)+$/);
      expect(lines[head + 2]).toMatch(/\d/);
    }
    expect(stdout).not.toContain('NaN');
    expect(stdout).toMatch(/^load after: /m);
    await expect.poll(() => processesWith(folder)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  },
);

test('a benchmark that fails exits 1, says why, and leaves no process and no file', async ({
  onTestFinished,
}) => {
  const folder = folderOf({ onTestFinished });
  const ending = runBenchmark('webhook', '--seconds 60', folder, { onTestFinished });
  let [server] = processesWith(folder, 'arm.db');
  while (server === undefined) {
    await sleep(20);
    [server] = processesWith(folder, 'arm.db');
  }
  process.kill(server, 'SIGKILL');
  const { code, stderr } = await ending;
  expect(code).toBe(1);
  expect(stderr).toContain('Error: ');
  await expect.poll(() => processesWith(folder)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
}, 240_000);
