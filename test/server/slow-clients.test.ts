import { Agent } from 'node:http';
import { describe, expect, test } from 'vitest';
import { largestBody } from '../../src/server/body.ts';
import {
  ask,
  basic,
  deskInMemory,
  openSocket,
  openToken,
  runningServer,
  speak,
  untilClosed,
} from './running.ts';

const postHead = `POST /webhooks/gladly HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic}\r\n`;

describe('clients that are slow on purpose', () => {
  test('200 of them with half a head hold up nobody, and are cut off', async () => {
    const server = await runningServer({}, { headMs: 2000 });
    const slow = await Promise.all(Array.from({ length: 200 }, () => openSocket(server)));
    const answers = slow.map((socket) => {
      socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nX-');
      return untilClosed(socket);
    });
    for (let turn = 0; turn < 5; turn += 1) expect((await ask(server, `/s/${openToken}`)).status).toBe(200);
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 408 .*nosniff/s);
  });

  test('half a body is cut off, and stores nothing', async () => {
    const bodies: unknown[] = [];
    const accept = async (body: unknown) => {
      bodies.push(body);
      return 'stored' as const;
    };
    const server = await runningServer({ intake: { accept } }, { headMs: 500, requestMs: 500 });
    const answer = await speak(server, `${postHead}Content-Length: 100\r\n\r\n{"type":`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(bodies).toEqual([]);
    expect((await ask(server, '/healthz')).status).toBe(200);
  });

  test('a client that leaves in the middle of its body is no error', async () => {
    const server = await runningServer();
    const socket = await openSocket(server);
    socket.write(`${postHead}Content-Length: 100\r\n\r\n{"type":`, () => socket.resetAndDestroy());
    await expect.poll(() => server.log.length).toBe(1);
    expect(server.log).toMatchObject([{ level: 'info', fields: { status: null } }]);
    expect((await ask(server, '/metrics')).text).toContain(
      'gcsat_http_request_duration_seconds_count{route="/webhooks/gladly",status="left"} 1\n',
    );
  });

  test('an answer that nobody reads is given up', async () => {
    // More than the buffers at both ends hold.
    const bytes = new Uint8Array(32 * 1024 * 1024);
    const server = await runningServer(
      { brand: { color: null, logo: { type: 'image/png', bytes } } },
      { answerMs: 500 },
    );
    const page = (await ask(server, `/s/${openToken}`)).text;
    const logo = /src="[./]*(\/assets\/[^"]+)"/.exec(page)?.[1] ?? '';
    const socket = await openSocket(server);
    socket.pause();
    socket.write(`GET ${logo} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await expect.poll(() => server.log.some(({ fields }) => fields['status'] === null)).toBe(true);
  });
});

describe('a body over the limit', () => {
  test('of 10 MB is refused without being read', async () => {
    const server = await runningServer();
    const answer = await ask(server, '/webhooks/gladly', {
      method: 'POST',
      headers: { authorization: basic, 'content-length': String(10 * 1024 * 1024), expect: '100-continue' },
    });
    expect(answer.status).toBe(413);
    await expect.poll(() => server.log.length).toBe(1);
    expect(server.log[0]!.fields).toMatchObject({ status: 413, bytesIn: 0 });
  });

  test.each([
    ['/webhooks/gladly', 'body_too_large'],
    [`/s/${openToken}`, '<html'],
    ['/u/some', '<html'],
  ])('in chunks is refused as soon as it is too long: %s', async (path, said) => {
    const server = await runningServer();
    const socket = await openSocket(server);
    const answer = untilClosed(socket);
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    // This body never ends by itself.
    const sending = setInterval(() => socket.writable && socket.write(chunk), 1);
    const text = await answer;
    clearInterval(sending);
    expect(text).toMatch(/^HTTP\/1\.1 413 .*Connection: close/s);
    expect(text).toContain(said);
    await expect.poll(() => server.log.length).toBe(1);
    expect(server.log[0]!.fields['bytesIn']).toBeLessThan(largestBody + 0x20000);
  });

  test('just within it is taken', async () => {
    const server = await runningServer();
    const padding = ' '.repeat(largestBody - 2);
    const asking = { method: 'POST', headers: { authorization: basic }, body: `{}${padding}` };
    expect((await ask(server, '/webhooks/gladly', asking)).status).toBe(200);
    expect((await ask(server, '/webhooks/gladly', { ...asking, body: `{}${padding} ` })).status).toBe(413);
  });
});

describe('a body that nobody waits for', () => {
  test.each(['/s/forged', '/u/forged'])('of a forged link is not read: %s', async (path) => {
    const desk = { ...deskInMemory(), isOurs: async () => false };
    const server = await runningServer({ desk });
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n`;
    const [ofPost, ofGet] = [await speak(server, head), await ask(server, '/s/forged')];
    expect(ofPost).toMatch(/^HTTP\/1\.1 404 .*Connection: close/is);
    expect(Buffer.from(ofPost, 'latin1').toString().split('\r\n\r\n')[1]).toBe(ofGet.text);
    expect(server.log[0]!.fields).toMatchObject({ status: 404, bytesIn: 0 });
    expect(desk).toMatchObject({ answers: [], unsubscribed: [] });
  });

  test('loses its connection to a newcomer, but no webhook does', async () => {
    const server = await runningServer({}, { most: 4 });
    const posting = async (head: string) => {
      const socket = await openSocket(server);
      socket.write(`${head}Content-Length: 30\r\nExpect: 100-continue\r\n\r\n`);
      await new Promise((resolve) => socket.once('data', resolve));
      return socket;
    };
    const webhooks = [await posting(postHead), await posting(postHead)];
    const page = `POST /s/${openToken} HTTP/1.1\r\nHost: x\r\n`;
    const pages = [await posting(page), await posting(page)];
    for (let turn = 0; turn < 5; turn += 1) {
      expect((await ask(server, '/healthz')).status).toBe(200);
      await openSocket(server);
    }
    await expect.poll(() => pages.every(({ destroyed }) => destroyed)).toBe(true);
    for (const socket of webhooks) {
      const answer = untilClosed(socket);
      socket.write('{}'.padEnd(30));
      socket.end();
      expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
    }
  });
});

describe('a client that asks before it sends', () => {
  test('is told to go on where its body is wanted', async () => {
    const server = await runningServer();
    const socket = await openSocket(server);
    const answer = untilClosed(socket);
    socket.write(`${postHead}Connection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`);
    socket.once('data', () => socket.write('{}'));
    expect(await answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });

  test('is refused at once without credentials', async () => {
    const server = await runningServer();
    const head = 'POST /webhooks/gladly HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
    const answer = await speak(server, `${head}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe('connections', () => {
  test('the oldest that asks nothing makes room for a new one', async () => {
    const server = await runningServer({}, { most: 20 });
    const silent = await Promise.all(Array.from({ length: 20 }, () => openSocket(server)));
    const closed = silent.map(untilClosed);
    for (let turn = 0; turn < 5; turn += 1) expect((await ask(server, '/healthz')).status).toBe(200);
    await Promise.race(closed);
    expect(silent.filter(({ destroyed }) => !destroyed).length).toBeGreaterThan(10);
  });

  test('one that works is not sacrificed', async () => {
    let finish: () => void = () => undefined;
    const stored = new Promise<'stored'>((resolve) => (finish = () => resolve('stored')));
    let begun = 0;
    const accept = async (): Promise<'stored'> => {
      begun += 1;
      return stored;
    };
    const server = await runningServer({ intake: { accept } }, { most: 3 });
    const asking = { method: 'POST', headers: { authorization: basic }, body: '{}' };
    const working = [1, 2].map(() => ask(server, '/webhooks/gladly', asking));
    await expect.poll(() => begun).toBe(2);
    for (let turn = 0; turn < 10; turn += 1) await openSocket(server);
    expect((await ask(server, '/healthz')).status).toBe(200);
    finish();
    expect(await Promise.all(working)).toMatchObject([{ status: 200 }, { status: 200 }]);
  });

  test('one is used for many requests, up to its limit', async () => {
    const server = await runningServer({}, { mostRequests: 3 });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const said = [];
    for (let turn = 0; turn < 4; turn += 1) {
      said.push((await ask(server, '/healthz', { agent })).headers.connection);
    }
    agent.destroy();
    expect(said).toEqual(['keep-alive', 'keep-alive', 'close', 'keep-alive']);
  });
});
