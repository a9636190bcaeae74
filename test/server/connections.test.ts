import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { watchConnections } from '../../src/server/connections.ts';
import { ask, openSocket, untilClosed } from './running.ts';

const patience = { timeout: 20_000, interval: 5 };

async function watchedServer(isShared: (address: string) => boolean): Promise<{ port: number }> {
  const server = createServer((_, outgoing) => outgoing.end('ok'));
  watchConnections(server, { most: 1000, mostOfOne: 5, mostRequests: 100 }, isShared);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return server.address() as AddressInfo;
}

test('an address that opens many connections loses its own oldest, and no other address loses one', async () => {
  const server = await watchedServer(() => false);
  const other = ask(server, '/', { from: '127.0.0.2' });
  const sockets = [];
  for (let turn = 0; turn < 8; turn += 1) sockets.push(await openSocket(server));
  await Promise.all(sockets.slice(0, 3).map(untilClosed));
  expect(sockets.slice(3).filter(({ destroyed }) => destroyed)).toEqual([]);
  expect((await other).status).toBe(200);
  expect((await ask(server, '/', { from: '127.0.0.2' })).status).toBe(200);
});

test('an address that many share has no limit of its own', async () => {
  const server = await watchedServer((address) => address === '127.0.0.1');
  const sockets = [];
  for (let turn = 0; turn < 20; turn += 1) sockets.push(await openSocket(server));
  expect((await ask(server, '/')).status).toBe(200);
  expect(sockets.filter(({ destroyed }) => destroyed)).toEqual([]);
});

test('a connection that another address keeps open and idle is not the one that makes room', async () => {
  const server = await watchedServer(() => false);
  const other = connect({ port: server.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
  onTestFinished(() => void other.destroy());
  let answers = '';
  other.on('error', () => undefined).on('data', (text: Buffer) => (answers += text.toString('latin1')));
  const asks = async (count: number): Promise<void> => {
    other.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await vi.waitFor(() => expect(answers.match(/HTTP\/1\.1 200/g)).toHaveLength(count), patience);
  };
  await asks(1);
  const sockets: Socket[] = [];
  for (let turn = 0; turn < 8; turn += 1) sockets.push(await openSocket(server));
  const gone = (): number => [other, ...sockets].filter(({ destroyed }) => destroyed).length;
  await vi.waitFor(() => expect(gone()).toBe(3), patience);
  expect(other.destroyed).toBe(false);
  await asks(2);
});
