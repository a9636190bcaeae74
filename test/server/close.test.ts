import { Agent } from 'node:http';
import { expect, test } from 'vitest';
import { ask, basic, openSocket, runningServer, untilClosed } from './running.ts';

const asking = { method: 'POST', headers: { authorization: basic }, body: '{}' };

test('what is in flight is finished, idle connections end, and nothing new is taken', async () => {
  let finish: () => void = () => undefined;
  const stored = new Promise<'stored'>((resolve) => (finish = () => resolve('stored')));
  let begun = false;
  const accept = async (): Promise<'stored'> => {
    begun = true;
    return stored;
  };
  const server = await runningServer({ intake: { accept } });
  const agent = new Agent({ keepAlive: true });
  await ask(server, '/healthz', { agent });
  const idle = await openSocket(server);
  idle.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await new Promise((resolve) => idle.once('data', resolve));
  const inFlight = ask(server, '/webhooks/gladly', { ...asking, agent: new Agent({ keepAlive: true }) });
  await expect.poll(() => begun).toBe(true);

  let isClosed = false;
  const closing = server.close().then(() => (isClosed = true));
  await untilClosed(idle);
  await expect(ask(server, '/healthz')).rejects.toThrow('ECONNREFUSED');
  expect(isClosed).toBe(false);
  finish();
  expect(await inFlight).toMatchObject({ status: 200, headers: { connection: 'close' } });
  await closing;
  agent.destroy();
});

test('half a head and work without end do not keep it from closing', async () => {
  const accept = (): Promise<'stored'> => new Promise(() => undefined);
  const server = await runningServer(
    { intake: { accept } },
    { closeMs: 700, headMs: 60_000, requestMs: 60_000 },
  );
  const half = await openSocket(server);
  half.write('GET /healthz HTTP/1.1\r\nHost');
  const endless = ask(server, '/webhooks/gladly', asking);
  const cutOff = expect(endless).rejects.toThrow();
  await ask(server, '/healthz');
  await server.close();
  await cutOff;
  await expect.poll(() => half.destroyed || half.readyState).not.toBe('open');
});
