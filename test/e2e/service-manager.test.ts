import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { binary, cleanEnvironment, temporaryFolder } from '../support/run.ts';

interface Served {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly told: () => string[];
}

/** `serve --sandbox` under a service manager whose `systemd-notify` writes down what it is told. */
function serveUnderManager(env: Record<string, string>, passed?: number): Served {
  const folder = temporaryFolder();
  const notes = join(folder, 'told');
  writeFileSync(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$@" >> '${notes}'\n`);
  chmodSync(join(folder, 'systemd-notify'), 0o755);
  const clean = cleanEnvironment(folder, { NOTIFY_SOCKET: '/run/systemd/notify', ...env });
  const line = `LISTEN_PID=\${OWN_PID:-$$} exec '${process.execPath}' '${binary}' serve --sandbox --port 0`;
  const child = spawn('/bin/sh', ['-c', line], {
    env: { ...clean, PATH: `${folder}:${clean['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe', ...(passed === undefined ? [] : [passed])],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => (output += text.toString()));
  }
  const told = (): string[] =>
    existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n').filter(Boolean) : [];
  return { child, output: () => output, told };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(50);
}

test('the service manager hears that it is ready, alive, and stopping', async () => {
  const { child, told } = serveUnderManager({ WATCHDOG_USEC: '1000000' });
  const pid = `--pid=${child.pid}`;
  await until(() => told().includes(`${pid} WATCHDOG=1`));
  expect(told()[0]).toBe(`${pid} READY=1`);
  child.kill('SIGTERM');
  await once(child, 'exit');
  await until(() => told().includes(`${pid} STOPPING=1`));
  const last = told().length;
  await sleep(1500);
  expect(told()).toHaveLength(last);
});

test('a watch over another process is not answered', async () => {
  const { child, told } = serveUnderManager({ WATCHDOG_USEC: '200000', WATCHDOG_PID: '1' });
  await until(() => told().length > 0);
  await sleep(1000);
  expect(told()).toEqual([`--pid=${child.pid} READY=1`]);
});

/** The descriptor of a listening socket, such as a service manager has. */
function descriptorOf(socket: Server): number {
  const { _handle: handle } = socket as Server & { readonly _handle?: { readonly fd: number } };
  return handle?.fd ?? -1;
}

test('it listens at the socket that it is passed, unless that was meant for another process', async () => {
  const socket = createServer();
  await once(socket.listen(0, '127.0.0.1'), 'listening');
  const { port } = socket.address() as AddressInfo;
  const own = serveUnderManager({ LISTEN_FDS: '1' }, descriptorOf(socket));
  const foreign = serveUnderManager({ LISTEN_FDS: '1', OWN_PID: '1' }, descriptorOf(socket));
  // The processes have copies of the socket, and this process would take their connections.
  socket.close();
  await until(() => [own, foreign].every(({ output }) => output().includes('listening on')));
  expect(own.output()).toContain(`listening on http://127.0.0.1:${port}\n`);
  expect(foreign.output()).not.toContain(`listening on http://127.0.0.1:${port}\n`);
});
