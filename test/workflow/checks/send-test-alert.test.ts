import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import type { AlertPayload } from '../../../src/domain/survey/alert.ts';
import { sendTestAlert, type TestAlert } from '../../../src/workflow/checks/send-test-alert.ts';
import { mailServer } from '../../support/mail-server.ts';
import { world, type ServicesChanges } from '../support.ts';

const secret = `whsec_${Buffer.from('an alert secret of 24 by').toString('base64')}`;

interface Got {
  headers: IncomingHttpHeaders;
  body: string;
  path: string;
}

async function listening(respond: RequestListener = (_, answer) => void answer.writeHead(204).end()) {
  const got: Got[] = [];
  const server = createServer((incoming, answer) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => (body += text));
    incoming.on('end', () => {
      got.push({ headers: incoming.headers, body, path: incoming.url ?? '' });
      respond(incoming, answer);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`, got, server };
}

async function tried(
  changes: ServicesChanges,
  signal: AbortSignal = new AbortController().signal,
): Promise<TestAlert[]> {
  const own = await world();
  const { settings } = own.services(changes);
  const sent = await sendTestAlert(settings, { signal, clock: () => own.time.now });
  // A note needs a conversation, and there is none.
  const asked = (await (await fetch(`${own.sandbox.origin}/_sandbox/requests`)).json()) as { path: string }[];
  expect(asked.filter(({ path }) => path.startsWith('/api'))).toEqual([]);
  expect(await own.closings()).toEqual([]);
  return sent;
}

const outcomes = (alerts: readonly TestAlert[]): unknown[] =>
  alerts.map(({ way, failure }) => [way, failure?.code ?? 'sent']);

test('by webhook it is signed, says that it is a test, and names no customer', async () => {
  const { url, got } = await listening();
  expect(outcomes(await tried({ alerts: { url, secret }, policy: { followUpTask: true } }))).toEqual([
    ['webhook', 'sent'],
  ]);
  const [{ headers, body }] = got as [Got];
  const [id, at] = [String(headers['webhook-id']), Number(headers['webhook-timestamp'])];
  expect(headers['webhook-signature']).toBe(new Webhook(secret).sign(id, new Date(at * 1000), body));
  const { type, data } = JSON.parse(body) as AlertPayload;
  expect(type).toBe('survey.low_rating');
  expect(data).toMatchObject({ test: true, rating: 1, customer: null, agent: null, reason: null });
});

test('in Slack its heading says that it is a test', async () => {
  const { url, got } = await listening();
  const alerts = { url, secret: null };
  expect(outcomes(await tried({ alerts, policy: { alertFormat: 'slack' } }))).toEqual([['webhook', 'sent']]);
  const message = JSON.parse(got[0]!.body) as { text: string; blocks: { type: string }[] };
  expect(message.text).toBe('(Test) Low rating: 1/5');
  expect(message.blocks[0]!.type).toBe('header');
  expect(got[0]!.headers['webhook-signature']).toBeUndefined();
});

test('by mail it has its mark in the subject, beside the webhook', async () => {
  const mail = await mailServer();
  const { url, got } = await listening();
  const changes = { alerts: { url, secret }, smtpUrl: mail.url, policy: { alertMail: 'leads@acme.com' } };
  expect(outcomes(await tried(changes))).toEqual([
    ['webhook', 'sent'],
    ['mail', 'sent'],
  ]);
  expect(got).toHaveLength(1);
  expect(mail.received).toMatchObject([
    { to: ['leads@acme.com'], mail: { subject: '(Test) Low rating: 1/5' } },
  ]);
});

test.each([
  [400, 'alert_refused', 'contract'],
  [404, 'alert_refused', 'contract'],
  [500, 'alert_refused', 'temporary'],
  [429, 'alert_refused', 'temporary'],
  [301, 'alert_redirected', 'contract'],
  [307, 'alert_redirected', 'contract'],
])('an answer of %i is told as %s (%s), asked once and followed nowhere', async (status, code, kind) => {
  const { url, got } = await listening(
    (_, answer) => void answer.writeHead(status, { location: '/else' }).end(),
  );
  const [alert] = await tried({ alerts: { url, secret } });
  expect(alert).toMatchObject({ way: 'webhook', failure: { code, kind } });
  expect(alert?.failure?.message).toContain(String(status));
  expect(got.map(({ path }) => path)).toEqual(['/alerts']);
});

test('an address where nobody listens, and one that hangs up, are told as unreachable', async () => {
  const { url, server } = await listening();
  await new Promise((resolve) => server.close(resolve));
  const { url: rude } = await listening((incoming) => incoming.socket.destroy());
  for (const address of [url, rude]) {
    const [alert] = await tried({ alerts: { url: address, secret } });
    expect(alert?.failure).toMatchObject({ code: 'alert_unreachable', kind: 'temporary' });
  }
});

test('an address that never answers is given up, and the mail leaves all the same', async () => {
  const { url } = await listening(() => undefined);
  const mail = await mailServer();
  const changes = { alerts: { url, secret }, smtpUrl: mail.url, policy: { alertMail: 'leads@acme.com' } };
  const sent = await tried(changes);
  expect(outcomes(sent)).toEqual([
    ['webhook', 'alert_unreachable'],
    ['mail', 'sent'],
  ]);
  expect(sent[0]?.failure?.message).toContain('gave no answer within');
});

test('who stops it waits for no answer', async () => {
  const stop = new AbortController();
  const { url } = await listening(() => stop.abort());
  await expect(tried({ alerts: { url, secret } }, stop.signal)).rejects.toThrow();
});

test('a mail that the server refuses is told with what to correct', async () => {
  const mail = await mailServer({ onRcptTo: (_, __, callback) => callback(new Error('no such box')) });
  const [alert] = await tried({ smtpUrl: mail.url, policy: { alertMail: 'leads@acme.com' } });
  expect(alert).toMatchObject({ way: 'mail', failure: { hint: expect.stringContaining('alertMail') } });
  expect(mail.received).toEqual([]);
});

test('without anybody to tell, it is a failure of the configuration', async () => {
  await expect(tried({ policy: { followUpTask: true } })).rejects.toMatchObject({
    kind: 'configuration',
    code: 'alerts_off',
  });
});

test('without a secret, the standard format is not sent', async () => {
  const { url, got } = await listening();
  expect(outcomes(await tried({ alerts: { url, secret: null } }))).toEqual([
    ['webhook', 'alert_secret_missing'],
  ]);
  expect(got).toEqual([]);
});
