import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';
import { run, start, temporaryFolder } from '../support/run.ts';
import { testGladly } from '../support/gladly.ts';

const password = 'a password that is long enough';
const patience = { timeout: 30_000, interval: 20 };
const memoryBudget = 256;

let server: ReturnType<typeof start>;
let port: number;
let stderr = '';
let passwordFile: string;
const sockets: Socket[] = [];

async function serve(): Promise<void> {
  const { env } = await testGladly({ size: 0 });
  const folder = temporaryFolder();
  passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  env['GCSAT_WEBHOOK_PASSWORD_FILE'] = passwordFile;
  const logo = join(folder, 'logo.png');
  const bytes = Buffer.alloc(500 * 1024, 'logo');
  bytes.write('\x89PNG\r\n\x1a\n', 'latin1');
  writeFileSync(logo, bytes);
  for (const args of [['configure'], ['configure', 'set', `logo=${logo}`]]) {
    expect(await run(args, { env })).toMatchObject({ code: 0 });
  }
  stderr = '';
  server = start(['serve', '--json', '--port', '0', '--no-catch-up'], { env });
  onTestFinished(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.kill('SIGKILL');
  });
  server.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  port = Number(new URL((JSON.parse(line) as { listening: string }).listening).port);
}

async function open(localAddress: string): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  sockets.push(socket.on('error', () => undefined));
  await once(socket, 'connect');
  return socket;
}

async function webhook(conversationId: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/webhooks/gladly`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`gcsat:${password}`).toString('base64')}` },
    body: JSON.stringify({ type: 'CONVERSATION/CLOSED', content: { conversationId } }),
  });
  await answer.text();
  return answer.status;
}

/** The peak so far in megabytes; null if the system does not say. */
function peakMemory(): number | null {
  const file = `/proc/${server.pid}/status`;
  if (!existsSync(file)) return null;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]) / 1024;
}

test('answers that nobody reads and forged answers fill no memory and keep out no webhook', async () => {
  await serve();
  const page = await (await fetch(`http://127.0.0.1:${port}/s/x`)).text();
  const logo = /src="[./]*(\/assets\/logo[^"]+)"/.exec(page)?.[1] ?? '';
  const asked = `GET ${logo} HTTP/1.1\r\nHost: x\r\n\r\n`;
  for (let turn = 0; turn < 10; turn += 1) (await open('127.0.0.1')).pause().write(asked.repeat(800));
  for (let turn = 0; turn < 40; turn += 1) (await open('127.0.0.2')).pause().write(asked);
  const body = Buffer.alloc(256 * 1024 - 1, 'a');
  const forged = await Promise.all(
    Array.from({ length: 300 }, async (_, turn) => {
      const socket = await open(`127.0.1.${turn % 20}`);
      const token = `${turn}`.padStart(44, 'f');
      socket.write(`POST /s/${token} HTTP/1.1\r\nHost: x\r\nContent-Length: ${256 * 1024}\r\n\r\n`);
      socket.write(body);
      const [head] = (await once(socket, 'data')) as [Buffer];
      return head.toString('latin1').slice(9, 12);
    }),
  );
  expect(new Set(forged)).toEqual(new Set(['404']));
  const told = await Promise.all(Array.from({ length: 100 }, (_, turn) => webhook(`conversation ${turn}`)));
  expect(new Set(told)).toEqual(new Set([200]));
  const peak = peakMemory();
  if (peak !== null) expect(peak).toBeLessThan(memoryBudget);
}, 60_000);

test('a webhook is taken while the file of its password is missing, and the log says so', async () => {
  await serve();
  rmSync(passwordFile);
  expect(await webhook('without its file')).toBe(200);
  await vi.waitFor(async () => {
    expect(await webhook('without its file')).toBe(200);
    expect(stderr).toContain('the webhook credentials read earlier stay in force');
  }, patience);
  expect(stderr).not.toContain(password);
}, 60_000);

test('SIGUSR1 opens no inspector', async () => {
  await serve();
  server.kill('SIGUSR1');
  expect(await webhook('after the signal')).toBe(200);
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  expect(stderr).not.toContain('Debugger listening');
  expect(server.exitCode).toBeNull();
}, 60_000);
