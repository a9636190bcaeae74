import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ask, basic, deskInMemory, openToken, runningServer, speak, type Asking } from './running.ts';

const always: Record<string, RegExp> = {
  'content-security-policy':
    /^default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'$/,
  'referrer-policy': /^no-referrer$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'permissions-policy': /camera=\(\)/,
  'strict-transport-security': /^max-age=\d+$/,
};

function expectHeaders(headers: Record<string, unknown>, cached = false): void {
  for (const [name, value] of Object.entries(always)) expect(headers[name], name).toMatch(value);
  if (!cached) expect(headers['cache-control']).toBe('no-store');
  expect(headers).not.toHaveProperty('server');
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('set-cookie');
}

/** The head of an answer as it came, with header names in lower case. */
function parsed(answer: string): { status: number; headers: Record<string, string> } {
  const [head = ''] = answer.split('\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  const fields = lines.map((field) => [field.split(':')[0]!.toLowerCase(), field.replace(/^[^:]*:\s*/, '')]);
  return { status: Number(line.split(' ')[1]), headers: Object.fromEntries(fields) };
}

describe('headers', () => {
  test.each<[number, string, Asking]>([
    [200, `/s/${openToken}`, {}],
    [200, `/s/${openToken}`, { method: 'HEAD' }],
    [404, '/s/unknown', {}],
    [200, '/u/anything', {}],
    [200, '/healthz', {}],
    [200, '/metrics', {}],
    [200, '/webhooks/gladly', { method: 'POST', headers: { authorization: basic }, body: '{}' }],
    [400, '/webhooks/gladly', { method: 'POST', headers: { authorization: basic }, body: '{' }],
    [401, '/webhooks/gladly', { method: 'POST', body: '{}' }],
    [403, `/s/${openToken}`, { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } }],
    [404, '/', {}],
    [404, '/nothing', {}],
    [404, '/s/../metrics', {}],
    [405, '/webhooks/gladly', {}],
    [405, `/s/${openToken}`, { method: 'DELETE' }],
    [405, '/healthz', { method: 'POST' }],
    [
      413,
      '/webhooks/gladly',
      { method: 'POST', headers: { authorization: basic }, body: ' '.repeat(300_000) },
    ],
    [414, `/s/${'a'.repeat(3000)}`, {}],
  ])('%i of %s', async (status, path, asking) => {
    const server = await runningServer();
    const answer = await ask(server, path, asking);
    expect(answer.status).toBe(status);
    expectHeaders(answer.headers);
  });

  test('500', async () => {
    const desk = {
      ...deskInMemory(),
      view: async () => {
        throw new Error(`no view of ${openToken}`);
      },
    };
    const server = await runningServer({ desk });
    const answer = await ask(server, `/s/${openToken}`);
    expect(answer.status).toBe(500);
    expectHeaders(answer.headers);
    expect(answer.text).toContain('<html');
    expect(answer.text).not.toMatch(/no view|at .*\.ts/);
    expect(server.log).toContainEqual(expect.objectContaining({ level: 'error' }));
    expect(JSON.stringify(server.log)).not.toContain(openToken);
  });

  test.each<[number, string, string]>([
    [400, 'no HTTP at all', 'hello\r\n\r\n'],
    [400, 'no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    [400, 'two lengths', 'POST /s/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
    [
      400,
      'a length and chunks',
      'POST /s/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    [400, 'a NUL in the path', 'GET /s/\0 HTTP/1.1\r\nHost: x\r\n\r\n'],
    [400, 'the address of another host', 'GET http://evil.example/metrics HTTP/1.1\r\nHost: x\r\n\r\n'],
    [400, 'two hosts', 'GET /healthz HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n'],
    [400, 'two hosts of HTTP/1.0', 'GET /healthz HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n'],
    [400, 'no host in its place', 'GET /healthz HTTP/1.1\r\nHost: http://x\r\n\r\n'],
    [
      400,
      'the address of another port of this host',
      'GET http://127.0.0.1:9/healthz HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
    [
      400,
      'an address with a user',
      'GET https://csat.example.com@evil.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
    [400, 'a star', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n'],
    [400, 'a backslash', 'GET /s\\..\\metrics HTTP/1.1\r\nHost: x\r\n\r\n'],
    [404, 'encoded dots', 'GET /s/%2e%2E/metrics HTTP/1.1\r\nHost: x\r\n\r\n'],
    [405, 'a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\nsecret'],
    [
      417,
      'another expectation',
      'POST /s/x HTTP/1.1\r\nHost: x\r\nExpect: a miracle\r\nContent-Length: 1\r\n\r\n',
    ],
    [431, 'a head without end', `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('%i of %s', async (status, _, bytes) => {
    const server = await runningServer();
    const answer = parsed(await speak(server, bytes));
    expect(answer.status).toBe(status);
    expectHeaders(answer.headers);
    expect(answer.headers).not.toHaveProperty('location');
  });

  test('files of the page may be cached', async () => {
    const server = await runningServer();
    const [, path = ''] =
      /href="[./]*(\/assets\/[^"]+\.css)"/.exec((await ask(server, `/s/${openToken}`)).text) ?? [];
    const answer = await ask(server, path);
    expect(answer.status).toBe(200);
    expectHeaders(answer.headers, true);
    expect(answer.headers['cache-control']).toMatch(/max-age/);
  });

  test('a browser is told to insist on https only where the pages are reached by it', async () => {
    const server = await runningServer({ publicUrl: 'http://localhost:8080' });
    expect((await ask(server, '/healthz')).headers).not.toHaveProperty('strict-transport-security');
  });
});

describe('addresses', () => {
  test.each([
    '//evil.example/%2e%2e',
    '//evil.example',
    '/s//evil',
    '/s/',
    `/s/${openToken}/more`,
    '/S/x',
    '/s/%zz',
    '/s/%00',
    '/s/%F0%28',
    '/s/a%2fb',
    '/s/x?rating=%zz&rating=5&__proto__=1',
    '/__proto__',
    '/assets/../app.ts',
    '/assets/%2e%2e%2fpackage.json',
    '/webhooks/gladly/',
  ])('%s leads nowhere: 404, no crash and no redirect', async (path) => {
    const server = await runningServer();
    const answer = await ask(server, path);
    expect(answer.status).toBe(404);
    expect(answer.headers).not.toHaveProperty('location');
    expect((await ask(server, '/healthz')).status).toBe(200);
  });

  test('what a client writes as host shows nowhere', async () => {
    const server = await runningServer();
    for (const host of ['evil.example', 'evil.example:80', 'evil.example/x', 'a b', '"><script>', 'x@evil']) {
      const { status, text, headers } = await ask(server, `/s/${openToken}`, { headers: { host } });
      expect(status).toBe(/^evil\.example(:80)?$/.test(host) ? 200 : 400);
      expect(JSON.stringify([text, headers])).not.toMatch(/evil|<script/);
    }
  });

  test('an address of this server may stand in front of the path', async () => {
    const server = await runningServer();
    const close = 'Connection: close\r\n\r\n';
    for (const origin of [
      server.origin,
      `http://localhost:${server.port}`,
      'https://CSAT.example.com',
      'https://csat.example.com:443',
    ]) {
      const head = `GET ${origin}/s/${openToken} HTTP/1.1\r\nHost: other\r\n${close}`;
      expect(parsed(await speak(server, head)).status).toBe(200);
      expect(parsed(await speak(server, `GET ${origin} HTTP/1.1\r\nHost: x\r\n${close}`)).status).toBe(404);
      expect(
        parsed(await speak(server, `GET ${origin}/s/../metrics HTTP/1.1\r\nHost: x\r\n\r\n`)).status,
      ).toBe(404);
    }
    expect(server.log.filter(({ fields }) => fields['route'] === '/s/:token')).toHaveLength(4);
  });

  test('HEAD tells what GET does, without a body', async () => {
    const server = await runningServer();
    const [head, get] = [await ask(server, '/healthz', { method: 'HEAD' }), await ask(server, '/healthz')];
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
  });

  test('HTTP/1.0 without a host is answered', async () => {
    const server = await runningServer();
    expect(parsed(await speak(server, 'GET /healthz HTTP/1.0\r\n\r\n')).status).toBe(200);
  });
});

describe('an answer of a customer', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  test.each(['null', 'https://mail.example', undefined])('is taken from origin %s', async (origin) => {
    const desk = deskInMemory();
    const server = await runningServer({ desk });
    const headers = { ...form, ...(origin === undefined ? {} : { origin }) };
    const asking = { method: 'POST', headers, body: 'rating=4&resolved=yes&comment=Gr%C3%BC%C3%9Fe' };
    expect((await ask(server, `/s/${openToken}`, asking)).status).toBe(200);
    expect(desk.answers).toEqual([{ rating: 4, resolved: true, comment: 'Grüße' }]);
    expect((await ask(server, '/metrics')).text).toContain('gcsat_answers_total 1\n');
  });

  test('may come in chunks', async () => {
    const desk = deskInMemory();
    const server = await runningServer({ desk });
    const answer = await speak(
      server,
      `POST /s/${openToken} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
        'Transfer-Encoding: chunked\r\n\r\n6\r\nrating\r\n2\r\n=3\r\n0\r\n\r\n',
    );
    expect(parsed(answer).status).toBe(200);
    expect(desk.answers).toMatchObject([{ rating: 3 }]);
  });

  test('may be packed', async () => {
    const desk = deskInMemory();
    const server = await runningServer({ desk });
    const post = (body: Uint8Array, coding: string) =>
      ask(server, `/s/${openToken}`, {
        method: 'POST',
        headers: { ...form, 'content-encoding': coding },
        body,
      });
    expect((await post(gzipSync('rating=3'), 'gzip')).status).toBe(200);
    expect((await post(Buffer.from('rating=1'), 'gzip')).status).toBe(400);
    expect((await post(Buffer.from('rating=1'), 'zstd')).status).toBe(415);
    expect(desk.answers).toMatchObject([{ rating: 3 }]);
  });

  test('of another site is refused, but not an unsubscribing', async () => {
    const desk = deskInMemory();
    const server = await runningServer({ desk });
    const asking = { method: 'POST', headers: { ...form, 'sec-fetch-site': 'cross-site' }, body: 'rating=1' };
    expect((await ask(server, `/s/${openToken}`, asking)).status).toBe(403);
    expect((await ask(server, '/u/some', asking)).status).toBe(200);
    expect(desk).toMatchObject({ answers: [], unsubscribed: ['some'] });
  });
});

test('the log tells routes and figures, never a path, a token or an address', async () => {
  const server = await runningServer({ trustedProxies: ['127.0.0.1'] });
  const headers = { 'x-forwarded-for': '198.51.100.7', 'user-agent': 'Secret-Agent' };
  await ask(server, `/s/${openToken}?rating=4&mail=maria@example.com`, { headers });
  await ask(server, '/maria/secret', { headers, method: 'PURGE' });
  await expect.poll(() => server.log.length).toBe(2);
  expect(server.log).toMatchObject([
    { level: 'info', fields: { method: 'GET', route: '/s/:token', status: 200, bytesIn: 0 } },
    { level: 'info', fields: { method: 'other', route: 'other', status: 404 } },
  ]);
  expect(server.log[0]!.fields['bytesOut']).toBeGreaterThan(500);
  expect(JSON.stringify(server.log)).not.toMatch(/aaaa|maria|198\.51|127\.0|Secret|PURGE/i);
});

test('a tunnel is refused with what is possible instead', async () => {
  const server = await runningServer();
  const answer = parsed(await speak(server, 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n'));
  expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD, POST', connection: 'close' } });
  expect((await ask(server, '/healthz')).status).toBe(200);
});

test('another method than a page knows is refused with those that it does', async () => {
  const server = await runningServer();
  for (const path of [`/s/${openToken}`, '/u/some']) {
    const answer = await ask(server, path, { method: 'DELETE' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD, POST']);
  }
});

test('a port that is taken is named, with a way out', async () => {
  const { port } = await runningServer();
  await expect(runningServer({}, {}, port)).rejects.toMatchObject({
    kind: 'usage',
    code: 'cannot_listen',
    message: expect.stringContaining(String(port)),
  });
});
