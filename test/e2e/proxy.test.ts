import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectProxy } from '../support/connect-proxy.ts';
import { testGladly } from '../support/gladly.ts';
import { certificate, key } from '../support/named-certificate.ts';
import { run, temporaryFolder } from '../support/run.ts';

test('Gladly is asked through the proxy of the environment, whose password is never printed', async () => {
  const gladly = await testGladly();
  const secure = createServer({ cert: certificate, key }, (incoming, outgoing) => {
    const onward = request(
      new URL(incoming.url ?? '/', gladly.sandbox.origin),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(onward);
  });
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  onTestFinished(() => {
    secure.close();
    secure.closeAllConnections();
  });
  const proxy = await connectProxy((secure.address() as AddressInfo).port);
  const authority = join(temporaryFolder(), 'authority.pem');
  writeFileSync(authority, certificate);

  const password = 'CanaryProxyT5vQz8';
  const address = `user:${password}@127.0.0.1:${proxy.port}`;
  const authorization = Buffer.from(`user:${password}`).toString('base64');
  const env = {
    ...gladly.env,
    GCSAT_DOMAIN: 'https://halden.gladly.test',
    GCSAT_ALLOW_HOST: '1',
    GCSAT_LOG_LEVEL: 'debug',
    HTTPS_PROXY: `http://${address}`,
    NODE_EXTRA_CA_CERTS: authority,
    // If this is set, a package that the program contains prints what it does.
    DEBUG: '*',
  };
  const conversation = gladly.sandbox.traps[0]!.conversationId;
  const right = await run(['attribute', '--', conversation], { env });
  expect(right.code, right.stderr).toBe(0);
  expect(proxy.tunnels.length).toBeGreaterThan(0);
  expect(new Set(proxy.tunnels.map((tunnel) => JSON.stringify(tunnel)))).toEqual(
    new Set([JSON.stringify({ to: 'halden.gladly.test:443', authorization: `Basic ${authorization}` })]),
  );
  expect(await gladly.requests()).not.toEqual([]);

  proxy.mood = 407;
  const refused = await run(['attribute', '--', conversation], { env });
  expect(refused.code, refused.stderr).toBe(7);
  // The proxy is not asked again. (The requests that `attribute` makes at once may all have left by then.)
  const before = proxy.tunnels.length;
  expect((await run(['sync', '--dry-run'], { env })).code).toBe(7);
  expect(proxy.tunnels).toHaveLength(before + 1);
  expect(refused.stderr).toContain(`the proxy 127.0.0.1:${proxy.port} answered 407`);
  expect(refused.stderr).toContain('Check HTTPS_PROXY and NO_PROXY');
  const wrong = await run(['attribute', '--', conversation], {
    env: { ...env, HTTPS_PROXY: `socks5://${address}` },
  });
  expect(wrong.code, wrong.stderr).toBe(3);

  for (const { stdout, stderr } of [right, refused, wrong]) {
    expect(stdout + stderr).not.toContain(password);
    expect(stdout + stderr).not.toContain(authorization);
  }
  expect(proxy.plain).toEqual([]);
});
