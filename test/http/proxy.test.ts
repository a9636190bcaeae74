import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { proxyFor } from '../../src/http/proxy.ts';
import { createTransport, type Outgoing, type Transport } from '../../src/http/transport.ts';
import { postWebhookEvent } from '../../src/gladly/resources/webhook-post.ts';
import { askPage } from '../../src/workflow/checks/page-probe.ts';
import { connectProxy, proxyVariables, type ConnectProxy } from '../support/connect-proxy.ts';

const canary = 'CanaryProxyK8dW';

/** A host name that does not exist, so that only the proxy can lead there. */
const origin = 'http://halden.gladly.test';

async function behindProxy(): Promise<{ proxy: ConnectProxy; transport: Transport }> {
  const server = createServer((request, response) => {
    request.resume();
    response.end(`answered ${request.method} for ${request.headers.authorization ?? 'anyone'}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const proxy = await connectProxy((server.address() as AddressInfo).port);
  proxyVariables({ HTTP_PROXY: `http://us%65r:${canary}@127.0.0.1:${proxy.port}` });
  const transport = createTransport({ origin, headers: { authorization: 'Basic YTpi' }, userAgent: 'test' });
  onTestFinished(() => transport.close());
  return { proxy, transport };
}

const get: Outgoing = { method: 'GET', path: '/', accept: '*/*', time: { whole: 10_000 } };

test('every connection is a tunnel, which requests share unless they want one of their own', async () => {
  const { proxy, transport } = await behindProxy();
  for (const request of [
    get,
    get,
    { ...get, freshConnection: true },
    { ...get, freshConnection: true },
    get,
  ]) {
    const answer = await transport.send(request);
    expect(await answer.text(100)).toBe('answered GET for Basic YTpi');
  }
  const authorization = `Basic ${Buffer.from(`user:${canary}`).toString('base64')}`;
  expect(proxy.tunnels).toEqual(Array(3).fill({ to: 'halden.gladly.test:80', authorization }));
  expect(proxy.plain).toEqual([]);
});

test('the sample of a webhook and the look at a page go through it too', async () => {
  const { proxy } = await behindProxy();
  const { signal } = new AbortController();
  const sample = {
    url: `${origin}/webhooks`,
    basic: null,
    headers: [],
    event: {},
    userAgent: 'test',
    signal,
  };
  expect(await postWebhookEvent(sample, Date.now)).toMatchObject({ status: 200 });
  expect(await askPage(`${origin}/s/x`, signal)).toMatchObject({ body: 'answered GET for anyone' });
  expect(proxy.tunnels.map(({ to }) => to)).toEqual(['halden.gladly.test:80', 'halden.gladly.test:80']);
});

test.each([
  [407, 'refused'],
  [403, 'refused'],
  [502, 'failed'],
])('its answer %i is never taken for an answer of Gladly', async (mood, atProxy) => {
  const { proxy, transport } = await behindProxy();
  proxy.mood = mood;
  await expect(transport.send(get)).rejects.toMatchObject({
    reason: 'network',
    message: `the proxy 127.0.0.1:${proxy.port} answered ${mood}`,
    beforeConnect: true,
    atProxy,
  });
  await vi.waitFor(() => expect(proxy.open()).toBe(0));
});

test('a proxy that is not there is an error before anything left, without its password', async () => {
  proxyVariables({ HTTP_PROXY: `http://user:${canary}@127.0.0.1:1` });
  const transport = createTransport({ origin, headers: { authorization: 'Basic YTpi' }, userAgent: 'test' });
  const error: unknown = await transport.send(get).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ beforeConnect: true, atProxy: 'failed' });
  expect((error as Error).message).toContain('ECONNREFUSED');
  expect((error as Error).stack).not.toContain(canary);
});

test('requests that give up on a silent proxy leave no connection and no place taken', async () => {
  const { proxy, transport } = await behindProxy();
  await (await transport.send({ ...get, freshConnection: true })).drain();
  proxy.mood = 'silent';
  const hasty: Outgoing = { ...get, time: { whole: 3000 } };
  const gaveUp = await Promise.allSettled(Array.from({ length: 20 }, () => transport.send(hasty)));
  expect(gaveUp.every(({ status }) => status === 'rejected')).toBe(true);
  expect(proxy.tunnels.length).toBeGreaterThan(1);
  await vi.waitFor(() => expect(proxy.open()).toBe(0));
  proxy.mood = 'well';
  expect((await transport.send(get)).status).toBe(200);
});

test.each([
  ['https://acme.gladly.com/x', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1/'],
  ['https://acme.gladly.com/x', { https_proxy: 'http://p:1' }, 'http://p:1/'],
  ['https://acme.gladly.com/x', { ALL_PROXY: 'http://p:1' }, 'http://p:1/'],
  ['https://acme.gladly.com/x', { HTTP_PROXY: 'http://p:1' }, undefined],
  ['https://acme.gladly.com/x', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '.gladly.com' }, undefined],
  ['https://acme.gladly.com/x', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'b, acme.gladly.com' }, undefined],
  ['http://127.0.0.1:4010/', { HTTP_PROXY: 'http://p:1', ALL_PROXY: 'http://p:1' }, undefined],
  ['http://localhost:4010/', { HTTP_PROXY: 'http://p:1' }, undefined],
  ['http://[::1]:4010/', { HTTP_PROXY: 'http://p:1' }, undefined],
])('%s with %o goes by %s', (target, variables, proxy) => {
  proxyVariables(variables);
  expect(proxyFor(new URL(target))?.url.href).toBe(proxy);
});

test.each([`socks5://user:${canary}@p:1080`, `http://user:${canary}@`])(
  '%s is refused, and not repeated',
  (given) => {
    proxyVariables({ HTTPS_PROXY: given });
    const open = (): unknown =>
      createTransport({
        origin: 'https://acme.gladly.com',
        headers: { authorization: 'Basic YTpi' },
        userAgent: 'test',
      });
    expect(open).toThrow(
      'the proxy for acme.gladly.com (HTTPS_PROXY or ALL_PROXY) is not an http or https address',
    );
  },
);
