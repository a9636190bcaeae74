import { spawn } from 'node:child_process';
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const binary = fileURLToPath(new URL('../bin/gcsat', import.meta.url));

export interface Account {
  origin: string;
  email: string;
  token: string;
}

/** Gives the work a folder that is removed afterward, even if the work fails. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'gcsat-bench-data-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Leaves out everything of this machine's user, and NODE_EXTRA_CA_CERTS, which slows every start of Node. */
export function environmentOf(folder: string, account?: Account): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    GCSAT_CONFIG_DIR: join(folder, 'config'),
    GCSAT_DATA_DIR: join(folder, 'data'),
    ...(account === undefined
      ? {}
      : {
          GCSAT_DOMAIN: account.origin,
          GCSAT_EMAIL: account.email,
          GCSAT_TOKEN: account.token,
          GCSAT_DATABASE_URL: join(folder, 'ledger.db'),
          GCSAT_DELIVERY: 'outbox',
          GCSAT_PUBLIC_URL: 'https://csat.example.com',
        }),
  };
}

export interface Finished {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the program's document, as `--json` prints it
  document: any;
  seconds: number;
  /** The most memory that was resident at once; 0 if there is no /proc. */
  peakBytes: number;
}

const lookEveryMs = 20;

/** Runs the program with `--json` to its end. @throws Error when it fails */
export async function runProgram(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const began = performance.now();
  const child = spawn(process.execPath, [binary, '--json', ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr, peakBytes] = ['', '', 0];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const looking = setInterval(() => (peakBytes = Math.max(peakBytes, peakOf(child.pid))), lookEveryMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) throw new Error(`gcsat ${args.join(' ')} ended with ${code}\n${stderr}\n${stdout}`);
    return { document: JSON.parse(stdout), seconds: (performance.now() - began) / 1000, peakBytes };
  } finally {
    clearInterval(looking);
  }
}

/** VmHWM of proc(5) is the peak so far, so looking now and then misses only the very end. */
function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid ?? 'none'}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
