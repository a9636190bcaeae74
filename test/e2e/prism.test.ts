import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createGladlyClient } from '../../src/gladly/client.ts';
import { startPrism, type Prism } from '../support/prism.ts';
import { recordingProxy, type RecordingProxy } from '../support/recording-proxy.ts';
import { run, runJson } from '../support/run.ts';

interface Peer {
  prism: Prism;
  /** Records the requests to Prism and its answers. */
  proxy: RecordingProxy;
  folder: string;
  env: Record<string, string>;
}

const peers: Peer[] = [];

async function startPeer(closedAt?: number): Promise<Peer> {
  const prism = await startPrism(closedAt === undefined ? {} : { closedAt });
  const proxy = await recordingProxy(prism.origin);
  const folder = mkdtempSync(join(tmpdir(), 'gcsat-prism-test-'));
  const env = {
    GCSAT_DOMAIN: proxy.origin,
    GCSAT_EMAIL: 'api@example.com',
    GCSAT_TOKEN: 'a-token-for-prism',
    GCSAT_CONFIG_DIR: join(folder, 'config'),
    GCSAT_DATA_DIR: join(folder, 'data'),
  };
  const peer = { prism, proxy, folder, env };
  peers.push(peer);
  return peer;
}

/** A run of the program, with its requests to Prism and the statuses of the answers: `GET /agents 200`, by name. */
async function runAgainst(peer: Peer, args: readonly string[], env = peer.env) {
  const before = peer.proxy.exchanges.length;
  const { code, stderr, document } = await runJson(args, { env });
  const exchanges = peer.proxy.exchanges
    .slice(before)
    .map(({ method, path, status }) => `${method} ${path.replace('/api/v1', '')} ${status}`)
    .sort();
  return { code, stderr, document, exchanges };
}

let recent: Peer;
let untouched: Peer;

beforeAll(async () => {
  [recent, untouched] = await Promise.all([startPeer(Date.now() - 3_600_000), startPeer()]);
});

afterAll(async () => {
  for (const { prism, proxy, folder } of peers) {
    await proxy.close();
    await prism.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

const conversation = 'HXRqKC5GSV-jAlq0-sxYTA';
const customer = 'OOrlNMXeS72gs_WEX2TtMg';
const conversationReads = [
  `GET /conversations/${conversation} 200`,
  `GET /conversations/${conversation}/items 200`,
  'GET /customer-profiles/o2sg-TMTSD2rTwMuxzewbA 200',
];
const directoryReads = [
  'GET /agents 200',
  'GET /inboxes 200',
  'GET /organization 200',
  // The list has none of the conversation's topics, so they and their parent are then read by id.
  'GET /topics 200',
  'GET /topics/ChefeoTHSlaIbKg57H5R9Q 200',
  'GET /topics/_DZTz4I0Qsq9YXxeXwufMg 200',
  'GET /topics/tYVmwhIVQe-2tflRIszQ3g 200',
];

describe('the example of the contract, told as closed an hour ago', () => {
  test('attribute reads it all and credits the agent who took the call', async () => {
    const { code, stderr, document, exchanges } = await runAgainst(recent, ['attribute', conversation]);
    expect([code, stderr]).toEqual([0, '']);
    expect(document).toMatchObject({
      conversationId: conversation,
      outcome: 'would_send',
      reasons: [],
      attribution: { agent: { id: 'WmeA3Y51Q5ayCAaZ1AotIA' }, itemType: 'PHONE_CALL', confidence: 'exact' },
      customer: { id: customer, email: 'martha.williams@gmail.com' },
      recordings: [
        { itemId: 'S6pMkJ78QMmkVf9qPP_SeQ', durationSeconds: 100 },
        { itemId: 'azwo9AtljSfaGjWb4Aq-aDQ', durationSeconds: 200 },
      ],
      survey: null,
      warnings: [],
    });
    expect(exchanges).toEqual([...directoryReads, ...conversationReads].sort());
  });

  test('replay into the outbox writes one message and sends nothing', async () => {
    const { code, document, exchanges } = await runAgainst(recent, ['replay', conversation]);
    expect(code).toBe(0);
    expect(document).toMatchObject({ outcome: 'sent', survey: { provider: 'outbox' }, error: null });
    const outbox = readdirSync(join(recent.folder, 'data', 'outbox'));
    expect(outbox.filter((name) => name.endsWith('.eml'))).toHaveLength(1);
    expect(exchanges).toEqual(conversationReads);
  });

  test('replay by Gladly email sends one mail, and neither a dry run nor a repeat sends any', async () => {
    const env = {
      ...recent.env,
      GCSAT_FROM: 'care@example.com',
      GCSAT_PUBLIC_URL: 'https://csat.example.com',
    };
    const args = ['replay', conversation, '--delivery', 'gladly-email'];

    const dry = await runAgainst(recent, [...args, '--dry-run'], env);
    expect([dry.code, dry.document.outcome]).toEqual([0, 'would_send']);
    expect(dry.exchanges).toEqual(conversationReads);

    const sent = await runAgainst(recent, args, env);
    expect(sent.code).toBe(0);
    expect(sent.document).toMatchObject({ outcome: 'sent', survey: { provider: 'gladly-email' } });
    expect(sent.exchanges).toEqual([...conversationReads, 'POST /communications/email 200']);
    const mail = recent.proxy.exchanges.find(({ path }) => path === '/api/v1/communications/email');
    const { conversationItemId } = JSON.parse(String(mail?.responseBody));
    expect(sent.document.survey.externalId).toBe(conversationItemId);

    const again = await runAgainst(recent, args, env);
    expect([again.code, again.document.outcome]).toEqual([0, 'already_surveyed']);
    expect(again.exchanges).toEqual(conversationReads);
  });

  test('post writes one card, and neither a dry run nor a repeat writes any', async () => {
    const args = ['post', conversation, '--rating', '5', '--resolved', 'yes', '--comment', 'Quick <&> kind'];

    const dry = await runAgainst(recent, [...args, '--dry-run']);
    expect([dry.code, dry.document.outcome]).toEqual([0, 'would_post']);
    expect(dry.exchanges).toEqual(conversationReads);

    const posted = await runAgainst(recent, args);
    expect([posted.code, posted.document.outcome]).toEqual([0, 'posted']);
    expect(posted.document.card.itemId).toBe(dry.document.card.itemId);
    expect(posted.exchanges).toEqual([
      ...conversationReads,
      `POST /customers/${customer}/conversation-items 200`,
    ]);

    const again = await runAgainst(recent, args);
    expect([again.code, again.document.outcome]).toEqual([0, 'already_posted']);
    expect(again.exchanges).toEqual(conversationReads);
  });
});

describe('the example of the contract as it stands, closed in 2016', () => {
  test('is too old to be surveyed, whatever the policy allows', async () => {
    const set = await run(['configure', 'set', 'maxAge=3650d'], { env: untouched.env });
    expect(set.code).toBe(0);
    const { code, document, exchanges } = await runAgainst(untouched, ['replay', conversation]);
    expect([code, document.outcome, document.survey]).toEqual([0, 'suppressed', null]);
    const reasons = document.reasons.map((reason: { code: string }) => reason.code);
    // Prism sends arbitrary text in the header for cut timelines, and a report without contacts.
    expect(reasons).toEqual(expect.arrayContaining(['too_old', 'timeline_truncated']));
    expect(exchanges).toEqual([...directoryReads, ...conversationReads, 'POST /reports 200'].sort());
  });

  test('takes a card all the same', async () => {
    // Uses another ledger: at ten a minute, the other one may request its next report only in some seconds.
    const env = { ...untouched.env, GCSAT_DATA_DIR: join(untouched.folder, 'other') };
    const { code, document } = await runAgainst(untouched, ['post', conversation, '--rating', '1'], env);
    expect([code, document.outcome]).toEqual([0, 'posted']);
  });
});

describe('what these commands do not ask for', () => {
  test('an SMS, the deletion of a card, and every operation on webhooks', async () => {
    const { origin } = recent.proxy;
    const before = recent.proxy.exchanges.length;
    const client = createGladlyClient({
      origin,
      email: 'api@example.com',
      token: 'a-token-for-prism',
      timeoutMs: 30_000,
      userAgent: 'gcsat/test',
      pacer: {
        grant: async () => undefined,
        observe: async () => undefined,
        rateLimited: async () => undefined,
      },
      clock: Date.now,
      random: Math.random,
      sleep: (ms) => setTimeout(ms),
    });
    onTestFinished(() => client.close());
    const sms = {
      to: '+14152223000',
      from: '+14152223316',
      text: 'How was it? https://csat.example.com/s/x',
    };
    expect((await client.sendSms(sms, async () => undefined)).status).toBe('sent');
    expect(await client.deleteCustomerItem(customer, 'qFWeX7ZQQtiPWtrFQ0cUTA')).toBe('deleted');
    const webhook = {
      name: 'gcsat',
      url: 'https://csat.example.com/webhooks/gladly',
      events: ['CONVERSATION/CLOSED', 'CONVERSATION/REOPENED'],
      credentials: { username: 'gcsat', password: 'a-long-enough-password' },
      headers: { 'X-Token': 'a-long-enough-secret' },
    };
    const { id } = await client.createWebhook(webhook);
    expect((await client.getWebhooks()).length).toBeGreaterThan(0);
    expect(await client.getWebhook(id)).not.toBeNull();
    await client.updateWebhook(id, webhook);
    await client.updateWebhook(id, { enabled: true });
    await client.updateWebhook(id, { enabled: false });
    expect(await client.deleteWebhook(id)).toBe('deleted');
    const asked = recent.proxy.exchanges
      .slice(before)
      .map(({ method, path, status }) => `${method} ${path.replace('/api/v1', '')} ${status}`);
    expect(asked).toEqual([
      'POST /communications/sms 200',
      `DELETE /customers/${customer}/conversation-items/qFWeX7ZQQtiPWtrFQ0cUTA 204`,
      'POST /webhooks 201',
      'GET /webhooks 200',
      `GET /webhooks/${id} 200`,
      `PATCH /webhooks/${id} 204`,
      `PATCH /webhooks/${id} 204`,
      `PATCH /webhooks/${id} 204`,
      `DELETE /webhooks/${id} 204`,
    ]);
  });
});

describe('what Prism says of all that', () => {
  test('no request broke the contract', () => {
    for (const { prism, proxy } of peers) {
      expect(prism.requestViolations()).toEqual([]);
      expect(proxy.exchanges.length).toBeGreaterThan(10);
      expect(proxy.exchanges.filter(({ status }) => status >= 300)).toEqual([]);
    }
  });

  test('a request that does is refused and told', async () => {
    const authorization = `Basic ${Buffer.from('api@example.com:token').toString('base64')}`;
    const card = { content: { type: 'CUSTOMER_ACTIVITY', title: 'without an activityType' } };
    const answer = await fetch(`${recent.prism.origin}/api/v1/customers/${customer}/conversation-items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify(card),
    });
    expect(answer.status).toBe(400);
    await expect
      .poll(() => recent.prism.requestViolations().join('\n'))
      .toContain("must have required property 'activityType'");
    const withoutCredentials = await fetch(`${recent.prism.origin}/api/v1/organization`);
    expect(withoutCredentials.status).toBe(401);
  });
});
