import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Server {
  origin: string;
  /** A value of /proc/PID/status, in bytes; 0 if there is none. */
  resident(which: 'VmRSS' | 'VmHWM'): number;
  /** @returns what it printed after its address */
  stop(): Promise<string>;
}

/** All servers that were started and not stopped. */
const running = new Set<Server>();

export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((server) => server.stop()));
}

/** Starts a program that prints the address that it listens on. */
export async function startProgram(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Server> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-10_000)));
  let text = '';
  const origin = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      const listening = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
      if (listening !== undefined) resolve(listening);
    });
    child.once('close', (code) => reject(new Error(`${args.join(' ')} ended with ${code}\n${stderr}`)));
  });
  const server: Server = {
    origin,
    resident: (which) => residentOf(child, which),
    async stop() {
      running.delete(server);
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('close', resolve));
        child.kill('SIGTERM');
        await ended;
      }
      return text.split('\n').slice(1).join('\n').trim();
    },
  };
  running.add(server);
  return server;
}

function residentOf({ pid }: ChildProcess, which: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`^${which}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
