import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { postAlert } from '../../src/delivery/alert-webhook.ts';
import type { AlertPayload } from '../../src/domain/survey/alert.ts';
import { connectProxy, proxyVariables, type ConnectProxy } from '../support/connect-proxy.ts';

const password = 'CanaryProxyQ4tZ';
const path = '/services/CanaryPathW9xB';

const payload: AlertPayload = JSON.parse('{"type":"survey.low_rating"}');

/** Posts an alert to a host that only the proxy can reach. */
function post(): Promise<void> {
  return postAlert({
    url: `http://alerts.test${path}`,
    secret: `whsec_${Buffer.from('a secret of tests, long enough').toString('base64')}`,
    format: 'standard',
    id: 'msg_1',
    payload,
    userAgent: 'test',
    now: Date.UTC(2026, 10, 22),
    signal: new AbortController().signal,
  });
}

async function behindProxy(): Promise<{ proxy: ConnectProxy; bodies: string[] }> {
  const bodies: string[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(204).end();
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  onTestFinished(() => {
    receiver.close();
    receiver.closeAllConnections();
  });
  const proxy = await connectProxy((receiver.address() as AddressInfo).port);
  proxyVariables({ HTTP_PROXY: `http://desk:${password}@127.0.0.1:${proxy.port}` });
  return { proxy, bodies };
}

test('an alert goes through the proxy that the environment names', async () => {
  const { proxy, bodies } = await behindProxy();
  await post();
  expect(bodies).toEqual([JSON.stringify(payload)]);
  expect(proxy.tunnels).toMatchObject([{ to: 'alerts.test:80' }]);
  expect(proxy.plain).toEqual([]);
});

test.each([407, 503])(
  'a proxy that answers %i is named, without its password or the address',
  async (mood) => {
    const { proxy, bodies } = await behindProxy();
    proxy.mood = mood;
    const failure = await post().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: 'temporary',
      code: 'alert_unreachable',
      message: `the address for alerts cannot be reached: the proxy 127.0.0.1:${proxy.port} answered ${mood}`,
    });
    const { message, hint } = failure as { message: string; hint: string };
    expect(`${message} ${hint}`).not.toMatch(/Canary/);
    expect(bodies).toEqual([]);
  },
);
