import { sampleQuestions, sampleReasons } from '../../support/forms.ts';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mailServer } from '../../support/mail-server.ts';
import { faultyProxy } from '../../support/faulty-proxy.ts';
import type { Alert, AlertPayload } from '../../../src/domain/survey/alert.ts';
import { markAlertLeaving } from '../../../src/store/answers/alerts.ts';
import { forget } from '../../../src/store/erase/forget.ts';
import { story } from '../../../src/store/views/story.ts';
import { dueAlerts, sendAlert, sendAlertsOf } from '../../../src/workflow/answers/alerts.ts';
import { postAnswer } from '../../../src/workflow/answers/post-answer.ts';
import type { Services } from '../../../src/workflow/context/services.ts';
import { createSteps } from '../../../src/workflow/context/steps.ts';
import { day, hour, iso, minute, tickOf, world, type ServicesChanges, type World } from '../support.ts';

const secret = `whsec_${Buffer.from('an alert secret of 24 by').toString('base64')}`;

interface Receiver {
  url: string;
  got: { headers: IncomingHttpHeaders; body: string; path: string }[];
  /** The statuses of the next answers; after these, 204. */
  statuses: number[];
}

async function receiver(): Promise<Receiver> {
  const received: Receiver = { url: '', got: [], statuses: [] };
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => (body += text));
    incoming.on('end', () => {
      received.got.push({ headers: incoming.headers, body, path: incoming.url ?? '' });
      outgoing.writeHead(received.statuses.shift() ?? 204, { location: '/elsewhere' }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  received.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`;
  return received;
}

async function rate(
  services: Services,
  conversationId: string,
  rating: number,
  comment = 'it broke',
): Promise<string> {
  const request = { conversationId, answer: { rating, resolved: false, comment } };
  const steps = createSteps(services, () => undefined);
  return (await postAnswer(services, request, { dryRun: false, steps })).surveyId;
}

async function alertsOf({ ledger, closings }: World): Promise<Alert[]> {
  const [closing] = await closings();
  return (await story(ledger, closing!.id)).alerts;
}

async function sendAll(services: Services): Promise<(string | null)[]> {
  const results: (string | null)[] = [];
  for (const due of await dueAlerts(services, 10)) results.push((await sendAlert(services, due)).result);
  return results;
}

/** A conversation that can be rated, and the services that alert about it by webhook. */
async function rated(changes: ServicesChanges = {}): Promise<{
  own: World;
  to: Receiver;
  id: string;
  services: Services;
}> {
  const own = await world();
  const to = await receiver();
  const id = await own.tell({ customer: { email: 'kim@example.org' } });
  return { own, to, id, services: own.services({ alerts: { url: to.url, secret }, ...changes }) };
}

const payloadOf = ({ got }: Receiver, index = 0): AlertPayload =>
  JSON.parse(got[index]!.body) as AlertPayload;

describe('an alert', () => {
  test('is signed as Standard Webhooks says, and repeats itself with the same id and body until it is taken', async () => {
    const { own, to, id, services } = await rated();
    to.statuses = [500, 302, 204];
    const surveyId = await rate(services, id, 2);
    expect(await sendAll(services)).toEqual(['failed']);
    expect(await sendAll(services)).toEqual([]);
    own.time.now += minute;
    expect(await sendAll(services)).toEqual(['failed']);
    expect(await alertsOf(own)).toMatchObject([
      { state: 'due', tries: 2, dueAt: iso(own.time.now + 2 * minute), error: { code: 'alert_redirected' } },
    ]);
    own.time.now += 2 * minute;
    expect(await sendAll(services)).toEqual(['sent']);
    expect(await alertsOf(own)).toMatchObject([{ state: 'sent', tries: 2, dueAt: null }]);
    expect(to.got.map(({ path }) => path)).toEqual(['/alerts', '/alerts', '/alerts']);
    expect(new Set(to.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(to.got.map(({ body }) => body)).size).toBe(1);
    for (const { headers, body } of to.got) {
      const [sent, at] = [headers['webhook-id'] as string, Number(headers['webhook-timestamp'])];
      expect(headers['webhook-signature']).toBe(new Webhook(secret).sign(sent, new Date(at * 1000), body));
    }
    expect(payloadOf(to)).toMatchObject({
      type: 'survey.low_rating',
      data: {
        test: false,
        survey: { id: surveyId, revision: 1 },
        conversation: { id, url: expect.stringContaining(id) },
        agent: { name: expect.any(String) },
        brand: null,
        rating: 2,
        comment: 'it broke',
        customer: { email: 'kim@example.org' },
      },
    });
  });

  test('comes of each low revision, and of no other', async () => {
    const { own, to, id, services } = await rated({ policy: { alertRating: 3 } });
    for (const rating of [4, 3, 5, 1]) await rate(services, id, rating);
    await rate(services, id, 1);
    await sendAll(services);
    expect(to.got.map(({ body }) => (JSON.parse(body) as AlertPayload).data)).toMatchObject([
      { rating: 3, survey: { revision: 2 } },
      { rating: 1, survey: { revision: 4 } },
    ]);
    expect(new Set((await alertsOf(own)).map((alert) => alert.id)).size).toBe(2);
  });

  test('names the brand, also of a closing that nobody was asked about', async () => {
    const brands = [{ name: 'nordwind', inboxes: ['Orders and Delivery'], own: {} }];
    const { own, to, id, services } = await rated({ brands });
    await rate(services, id, 1);
    await sendAll(services);
    expect(payloadOf(to).data).toMatchObject({ brand: 'nordwind' });
    expect(await own.closings()).toMatchObject([{ state: 'answered', brand: 'nordwind' }]);
  });

  test('says nothing of the customer where it must not', async () => {
    const { to, id, services } = await rated({ policy: { alertPersonalData: false } });
    await rate(services, id, 1);
    await sendAll(services);
    expect(payloadOf(to).data).toMatchObject({ rating: 1, comment: null, customer: null });
    expect(to.got[0]!.body).not.toMatch(/kim@example|it broke/);
  });

  test('is given up after three days, and is not sent of somebody who is forgotten', async () => {
    const { own, to, id, services } = await rated();
    to.statuses = Array.from({ length: 200 }, () => 503);
    await rate(services, id, 1);
    while ((await alertsOf(own))[0]!.state === 'due') {
      await sendAll(services);
      own.time.now += hour;
    }
    expect(await alertsOf(own)).toMatchObject([{ state: 'failed', error: { code: 'alert_refused' } }]);
    expect(own.time.now - Date.parse((await alertsOf(own))[0]!.at)).toBeGreaterThan(3 * day - 2 * hour);
    await rate(services, id, 2);
    const who = { customerId: '', address: 'kim@example.org' };
    const sent = to.got.length;
    expect(await forget(own.ledger, who, { at: iso(own.time.now), keepCards: true })).toMatchObject({
      done: true,
    });
    expect(await sendAll(services)).toEqual([]);
    expect(to.got).toHaveLength(sent);
    expect(await alertsOf(own)).toEqual([]);
  });

  test('without a secret is not sent unsigned, unless it is one for Slack', async () => {
    const { own, to, id } = await rated();
    const unsigned = own.services({ alerts: { url: to.url } });
    const surveyId = await rate(unsigned, id, 1, '<!channel> & <https://evil.example|click>');
    expect((await sendAlertsOf(unsigned, surveyId)).map(({ code }) => code)).toEqual([
      'alert_secret_missing',
    ]);
    expect(to.got).toEqual([]);
    const slack = own.services({ alerts: { url: to.url }, policy: { alertFormat: 'slack' } });
    expect(await sendAlertsOf(slack, surveyId)).toEqual([]);
    const { blocks } = JSON.parse(to.got[0]!.body) as { blocks: { text: { type: string; text: string } }[] };
    expect(blocks.filter(({ text }) => text.text.includes('<!channel>'))).toMatchObject([
      { text: { type: 'plain_text' } },
    ]);
    expect(to.got[0]!.headers['webhook-signature']).toBeUndefined();
  });

  test('by mail is the same mail in every try', async () => {
    const mail = await mailServer();
    const { own, id } = await rated();
    const services = own.services({ smtpUrl: mail.url, policy: { alertMail: 'leads@acme.com' } });
    await rate(services, id, 1);
    expect(await sendAll(services)).toEqual(['sent']);
    const [alert] = await alertsOf(own);
    expect(mail.received).toMatchObject([
      {
        to: ['leads@acme.com'],
        mail: { subject: 'Low rating: 1/5', text: expect.stringContaining('it broke') },
      },
    ]);
    expect(mail.received[0]!.mail.messageId).toContain(alert!.id);
  });

  test('is sent by a tick of sync', async () => {
    const { to, id, services } = await rated();
    await rate(services, id, 1);
    expect((await tickOf(services)).alerts).toEqual({ sent: 1, failed: 0 });
    expect(to.got).toHaveLength(1);
    expect((await tickOf(services)).alerts).toEqual({ sent: 0, failed: 0 });
  });
});

describe('a note in Gladly', () => {
  const policy = { followUpTask: true };

  const notesOf = async ({ sandbox }: World, id: string): Promise<unknown[]> => {
    const authorization = `Basic ${Buffer.from(`${sandbox.email}:${sandbox.token}`).toString('base64')}`;
    const answer = await fetch(`${sandbox.origin}/api/v1/conversations/${id}/items`, {
      headers: { authorization },
    });
    const items = (await answer.json()) as { content: { type: string } }[];
    return items.filter(({ content }) => content.type === 'CONVERSATION_NOTE');
  };

  test('is left on the conversation, without what the customer wrote', async () => {
    const own = await world();
    const id = await own.tell();
    const services = own.services({ policy });
    await rate(services, id, 1);
    expect(await sendAll(services)).toEqual(['sent']);
    own.time.now += minute;
    const notes = await notesOf(own, id);
    expect(notes).toMatchObject([{ content: { body: expect.stringContaining('1/5') } }]);
    expect(JSON.stringify(notes)).not.toContain('it broke');
  });

  test('is not repeated where nobody knows whether it is there', async () => {
    const own = await world();
    const id = await own.tell();
    const proxy = await faultyProxy(own.sandbox.origin, (request) =>
      request.endsWith('/notes') ? 'reset after' : 'pass',
    );
    const services = own.services({ policy, origin: proxy.origin });
    await rate(services, id, 1);
    expect(await sendAll(services)).toEqual(['uncertain']);
    expect(await sendAll(services)).toEqual([]);
    own.time.now += minute;
    expect(await notesOf(own, id)).toHaveLength(1);
    expect(await alertsOf(own)).toMatchObject([{ state: 'uncertain', dueAt: null }]);
  });

  test('is in doubt where the process ended while it was leaving', async () => {
    const own = await world();
    const id = await own.tell();
    const services = own.services({ policy });
    await rate(services, id, 1);
    const [due] = await dueAlerts(services, 1);
    expect(await markAlertLeaving(own.ledger, due!)).toBe(true);
    expect(await markAlertLeaving(own.ledger, due!)).toBe(false);
    expect(await sendAll(services)).toEqual(['uncertain']);
    own.time.now += minute;
    expect(await notesOf(own, id)).toEqual([]);
    expect(await alertsOf(own)).toMatchObject([{ state: 'uncertain', error: { code: 'note_uncertain' } }]);
  });
});

describe('an alert of a survey with reasons and a question', () => {
  const policy = { reasons: sampleReasons, question: sampleQuestions.text };
  const answer = {
    rating: 1,
    resolved: null,
    comment: null,
    reason: 'Unfriendly',
    answer: '<b>Hire</b> people',
  };
  const give = async (services: Services, conversationId: string): Promise<void> => {
    const steps = createSteps(services, () => undefined);
    await postAnswer(services, { conversationId, answer }, { dryRun: false, steps });
  };

  test('has both, and without personal data not what the customer wrote', async () => {
    for (const [alertPersonalData, said] of [
      [true, { reason: 'Unfriendly', question: { kind: 'text', answer: '<b>Hire</b> people' } }],
      [false, { reason: 'Unfriendly', question: null }],
    ] as const) {
      const { to, id, services } = await rated({ policy: { ...policy, alertPersonalData } });
      await give(services, id);
      expect(await sendAll(services)).toEqual(['sent']);
      expect(payloadOf(to).data).toMatchObject(said);
    }
  });

  test('says both in Slack and in a mail, where nobody’s words become markup', async () => {
    const mail = await mailServer();
    const { to, id, services } = await rated({
      smtpUrl: mail.url,
      policy: { ...policy, alertFormat: 'slack', alertMail: 'leads@acme.com' },
    });
    await give(services, id);
    expect((await sendAll(services)).sort()).toEqual(['sent', 'sent']);
    const { blocks } = JSON.parse(to.got[0]!.body) as { blocks: { text: { type: string; text: string } }[] };
    expect(blocks[1]!.text.text).toContain('Reason: Unfriendly');
    expect(blocks.at(-1)!.text).toMatchObject({
      type: 'plain_text',
      text: 'What should we do better?\n<b>Hire</b> people',
    });
    const text = mail.received[0]!.mail.text ?? '';
    expect(text).toContain('Reason: Unfriendly');
    expect(text).toContain('What should we do better?\n<b>Hire</b> people');
  });
});
