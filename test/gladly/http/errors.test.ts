import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readErrors } from '../../../src/gladly/http/refusal.ts';
import { clientOf, credentials, failureOf, json, localGladly } from '../local-gladly.ts';
import { certificate, key } from '../untrusted-certificate.ts';

describe('the shapes of errors', () => {
  const one = { attr: 'startAt', code: 'invalid', detail: 'too old' };
  const read = { ...one, movedTo: null };

  test.each([
    ['an array under errors', { errors: [one] }, [read]],
    ['a single object under errors', { errors: one }, [read]],
    ['a bare array', [one], [read]],
    [
      'numbers and nulls',
      { errors: [{ code: 7, detail: null }] },
      [{ attr: null, code: '7', detail: null, movedTo: null }],
    ],
    [
      'the new id of a moved one',
      { errors: [{ meta: { new: 'u2' } }] },
      [{ attr: null, code: null, detail: null, movedTo: 'u2' }],
    ],
    ['entries that are none', { errors: [null, 'text', one] }, [read]],
  ])('%s', (_, body, errors) => {
    expect(readErrors(JSON.stringify(body))).toEqual(errors);
  });

  test.each(['', 'Bad Gateway', '<html>', 'null', '7', '"text"'])('the body %j has none', (body) => {
    expect(readErrors(body)).toEqual([]);
  });
});

describe('a refusal', () => {
  const failing = async (status: number, body?: unknown) => {
    const gladly = await localGladly((_, response) => {
      response.statusCode = status;
      response.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
    });
    return clientOf(gladly.origin);
  };

  test.each([
    [401, 'credentials', 'unauthorized'],
    [403, 'credentials', 'forbidden'],
    [404, 'not_found', 'conversation_not_found'],
    [400, 'contract', 'refused'],
    [409, 'contract', 'refused'],
    [418, 'contract', 'refused'],
    [302, 'contract', 'redirected'],
    [500, 'temporary', 'gladly_unavailable'],
    [503, 'temporary', 'gladly_unavailable'],
    [429, 'temporary', 'rate_limited'],
  ])('%i is %s, %s', async (status, kind, code) => {
    const failure = await failureOf((await failing(status)).getConversation('c1'));
    expect([failure.kind, failure.code, failure.conversationId]).toEqual([kind, code, 'c1']);
    expect(failure.hint).not.toBe('');
  });

  test.each([
    [301, false],
    [308, false],
    [302, true],
    [303, true],
    [307, true],
    [404, false],
    [503, true],
  ])('%i may pass by itself: %s', async (status, passes) => {
    const failure = await failureOf((await failing(status)).getConversation('c1'));
    expect(failure.passes).toBe(passes);
  });

  test('of the credentials is one of everything, but for operations that need further rights', async () => {
    const client = await failing(401);
    expect((await failureOf(client.getConversation('c1'))).scope).toBe('run');
    expect(await failureOf(client.getExportJobs())).toMatchObject({
      kind: 'credentials',
      code: 'unauthorized',
      scope: 'permission',
    });
  });

  test('of a customer names the customer', async () => {
    const body = { errors: { code: 'not_exist', detail: 'customer profile [u1] does not exist' } };
    const failure = await failureOf((await failing(404, body)).getCustomer('u1'));
    expect([failure.code, failure.conversationId]).toEqual(['customer_not_found', null]);
    expect(failure.message).toContain('u1');
  });

  test('of a list is not about something that does not exist', async () => {
    expect((await failureOf((await failing(404)).getAgents())).kind).toBe('contract');
  });

  test('carries what Gladly says, on one line of bounded length', async () => {
    const detail = `endAt must\n\u001b[31moccur\u202e after startAt ${'x'.repeat(5000)}`;
    const body = { errors: [{ attr: 'startAt', code: 'invalid', detail }] };
    const { message } = await failureOf((await failing(400, body)).getConversation('c1'));
    expect(message).toContain('startAt invalid endAt must');

    expect(message).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect(message.length).toBeLessThan(500);
  });

  test('contains neither secrets nor addresses that the answer repeats', async () => {
    const basic = Buffer.from(`${credentials.email}:${credentials.token}`).toString('base64');
    const detail = `Basic ${basic} ${credentials.token} for jane.doe@example.com at +1 (415) 222-3316`;
    const client = await failing(400, { errors: [{ code: 'invalid', detail }] });
    const { message } = await failureOf(client.getConversation('c1'));
    expect(message).toContain('invalid Basic *** *** for *** at ***');
  });
});

describe('no answer', () => {
  test('a host that does not exist has a hint of its own', async () => {
    const failure = await failureOf(clientOf(`http://${'a'.repeat(64)}.invalid`).getAgents());
    expect([failure.kind, failure.code]).toEqual(['temporary', 'network']);
    expect(failure.message).toContain('ENOTFOUND');
  });

  test('a closed port is tried again, then named', async () => {
    const gladly = await localGladly((_, response) => json(response, 200, []));
    const closed = new URL(gladly.origin);
    closed.port = '1';
    const client = clientOf(closed.origin);
    const failure = await failureOf(client.getAgents());
    expect([failure.kind, failure.code]).toEqual(['temporary', 'network']);
    expect(failure.message).toContain('ECONNREFUSED');
    expect(client.counts.gladly).toBe(6);
  });

  test('a request that meets an untrusted certificate is not repeated', async () => {
    const server = createServer({ key, cert: certificate }, (_, response) => response.end('[]'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const client = clientOf(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const failure = await failureOf(client.getAgents());
    expect(failure.kind).toBe('temporary');
    expect(failure.message).toContain('certificate');
    expect(failure.hint).toContain('NODE_EXTRA_CA_CERTS');
    expect(client.counts.gladly).toBe(1);
  });
});
