import { describe, expect, test } from 'vitest';
import type { Mail } from '../../../src/gladly/resources/email.ts';
import { clientOf, json, localGladly, type Respond, unpaced } from '../local-gladly.ts';

const mail: Mail = {
  to: { email: 'jane.doe@example.com', name: 'Jane' },
  from: 'no-reply@acme.com',
  subject: 'How did we do?',
  html: '<p>Hi</p>',
  text: 'Hi',
};

const nothing = async (): Promise<void> => undefined;

const status =
  (code: number): Respond =>
  (_, response) => {
    response.statusCode = code;
    response.end();
  };

describe('a mail', () => {
  test('is sent with its ids', async () => {
    const gladly = await localGladly((_, response) =>
      json(response, 200, { customerId: 'u1', conversationItemId: 'm1' }),
    );
    const outcome = await clientOf(gladly.origin).sendEmail(mail, nothing);
    expect(outcome).toEqual({ status: 'sent', externalId: 'm1', customerId: 'u1' });
    expect(gladly.received[0]!.url).toBe('/api/v1/communications/email');
    expect(JSON.parse(gladly.received[0]!.body)).toEqual({
      to: [{ email: 'jane.doe@example.com', name: 'Jane' }],
      from: 'no-reply@acme.com',
      subject: 'How did we do?',
      body: { html: '<p>Hi</p>', text: 'Hi' },
    });
  });

  test('leaves after the pacing has granted it and after `leaving`, on a connection of its own', async () => {
    const order: string[] = [];
    const ports = new Set<number>();
    const gladly = await localGladly(({ url }, response) => {
      if (url.includes('email')) order.push('arrived');
      ports.add(response.socket!.remotePort!);
      json(response, 200, url.includes('email') ? {} : []);
    });
    const pacer = unpaced();
    pacer.grant = async () => void order.push('granted');
    const client = clientOf(gladly.origin, { pacer });
    await client.getAgents();
    await client.getAgents();
    expect(ports.size).toBe(1);
    order.length = 0;
    await client.sendEmail(mail, async () => void order.push('leaving'));
    expect(order).toEqual(['granted', 'leaving', 'arrived']);
    expect(ports.size).toBe(2);
  });

  test('does not leave when `leaving` fails', async () => {
    const gladly = await localGladly((_, response) => json(response, 200, {}));
    const sending = clientOf(gladly.origin).sendEmail(mail, () => Promise.reject(new Error('disk full')));
    await expect(sending).rejects.toThrow('disk full');
    expect(gladly.received).toHaveLength(0);
  });

  test('does not leave, nor is `leaving` called, after the signal', async () => {
    const gladly = await localGladly((_, response) => json(response, 200, {}));
    const stop = new AbortController();
    stop.abort(new Error('stopped by hand'));
    let noted = false;
    const client = clientOf(gladly.origin, { signal: stop.signal });
    const sending = client.sendEmail(mail, async () => {
      noted = true;
    });
    await expect(sending).rejects.toThrow('stopped by hand');
    expect([noted, gladly.received.length]).toEqual([false, 0]);
  });

  test.each<[string, Respond]>([
    ['is no JSON', (_, response) => response.end('<html>')],
    ['is a list', (_, response) => response.end('[]')],
    ['is of another shape', (_, response) => response.end('{"hello": ["world"]}')],
    [
      'is cut',
      (_, response) => {
        response.writeHead(200, { 'content-length': '50' });
        response.write('{"customerId"');
        setTimeout(() => response.destroy(), 5);
      },
    ],
    ['never ends', (_, response) => void response.writeHead(202).write('{')],
  ])('whose success %s may have been sent by somebody else', async (_, respond) => {
    const gladly = await localGladly(respond);
    const outcome = await clientOf(gladly.origin, { timeoutMs: 200 }).sendEmail(mail, nothing);
    expect(outcome).toMatchObject({ status: 'uncertain', failure: { kind: expect.any(String) } });
  });

  test.each(['', ' \n', '{}'])('whose success has no content (%j) is sent', async (body) => {
    const gladly = await localGladly((_, response) => response.end(body));
    const outcome = await clientOf(gladly.origin).sendEmail(mail, nothing);
    expect(outcome).toEqual({ status: 'sent', externalId: null, customerId: null });
  });

  test('stays sent when its pace could not be noted', async () => {
    const gladly = await localGladly((_, response) => json(response, 200, { conversationItemId: 'm1' }));
    const pacer = unpaced();
    pacer.observe = () => Promise.reject(new Error('the ledger is busy'));
    const outcome = await clientOf(gladly.origin, { pacer }).sendEmail(mail, nothing);
    expect(outcome.status).toBe('sent');
  });

  test.each([
    [400, false, 'contract'],
    [404, true, 'configuration'],
    [405, true, 'configuration'],
    [409, false, 'contract'],
    [401, true, 'credentials'],
    [403, true, 'credentials'],
    [429, true, 'temporary'],
  ])('refused with %i is not sent (temporary: %s)', async (code, temporary, kind) => {
    const gladly = await localGladly(status(code));
    const outcome = await clientOf(gladly.origin).sendEmail(mail, nothing);
    expect(outcome).toMatchObject({ status: 'not_sent', temporary, failure: { kind } });
    expect(gladly.received).toHaveLength(1);
  });

  test.each<[string, object, boolean]>([
    ['of the sender', { attr: 'from.email', code: 'invalid', detail: 'no' }, true],
    [
      'of the sender in words alone',
      { code: 'bad_request', detail: 'This sender address is not verified' },
      true,
    ],
    ['by the quota', { attr: null, code: 'daily_limit', detail: 'try tomorrow' }, true],
    ['of the channel', { code: 'invalid', detail: 'Email is not enabled for this organization' }, true],
    ['of the recipient', { attr: 'to[0].email', code: 'invalid', detail: 'bad sender list' }, false],
    ['of the text', { attr: 'body', code: 'too_long', detail: 'no' }, false],
  ])('refused because %s', async (_, error, waits) => {
    const gladly = await localGladly((__, response) => json(response, 400, { errors: [error] }));
    const outcome = await clientOf(gladly.origin).sendEmail(mail, nothing);
    expect(outcome).toMatchObject({
      status: 'not_sent',
      temporary: waits,
      failure: { kind: waits ? 'configuration' : 'contract', code: waits ? 'sender_refused' : 'refused' },
    });
  });

  test('that draws a 429 pauses every request', async () => {
    const gladly = await localGladly((_, response) => response.writeHead(429, { 'retry-after': '3' }).end());
    const pacer = unpaced();
    await clientOf(gladly.origin, { pacer }).sendEmail(mail, nothing);
    expect(pacer.rateLimits).toEqual([3000]);
  });

  test.each<[string, Respond]>([
    ['a 500', status(500)],
    ['a redirect', status(303)],
    ['a reset', (_, response) => response.destroy()],
    ['no answer', () => undefined],
  ])('after %s is uncertain and never repeated', async (_, respond) => {
    const gladly = await localGladly(respond);
    const outcome = await clientOf(gladly.origin, { timeoutMs: 150 }).sendEmail(mail, nothing);
    expect(outcome.status).toBe('uncertain');
    expect(gladly.received).toHaveLength(1);
  });

  test.each(['http://127.0.0.1:1', `http://${'a'.repeat(64)}.invalid`])(
    'to %s, where nobody listens, is not sent',
    async (origin) => {
      let noted = 0;
      const outcome = await clientOf(origin).sendEmail(mail, async () => void (noted += 1));
      expect(outcome).toMatchObject({ status: 'not_sent', temporary: true, failure: { code: 'network' } });
      expect(noted).toBe(1);
    },
  );
});
