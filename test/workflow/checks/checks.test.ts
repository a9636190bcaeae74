import { expectErasures, expectRemnants, noteErasureFailure } from '../../../src/store/erase/to-dos.ts';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import type { BrandSettings } from '../../../src/config/settings.ts';
import { defaultPolicy, type Policy } from '../../../src/domain/eligibility/policy.ts';
import { recordClosing } from '../../../src/store/closings/closing-reports.ts';
import { openLedger } from '../../../src/store/open.ts';
import { bindOrganization } from '../../../src/store/organization.ts';
import { allChecks } from '../../../src/workflow/checks/all-checks.ts';
import type { CheckResult } from '../../../src/workflow/checks/check.ts';
import {
  openCheckSources,
  type CheckedConfiguration,
  type CheckSources,
  type OpenedSources,
} from '../../../src/workflow/checks/check-sources.ts';
import type { NameServer } from '../../../src/workflow/checks/name-server.ts';
import type { PageAnswer } from '../../../src/workflow/checks/page-probe.ts';
import { runChecks } from '../../../src/workflow/checks/run-checks.ts';
import type { WebhookStatus } from '../../../src/workflow/webhooks/webhook-registration.ts';
import { day, iso, minute, tickOf, world, type ServicesChanges, type World } from '../support.ts';

const ourPage: PageAnswer = {
  status: 404,
  body: '<link rel="stylesheet" href="../assets/survey-0123456789abcdef.css">',
  certificateEndsAt: iso(Date.now() + 80 * day),
};
const noNames: NameServer = {
  addresses: () => Promise.resolve(['192.0.2.7']),
  texts: () => Promise.resolve([]),
  close: () => undefined,
};

interface Given {
  changes?: ServicesChanges;
  settings?: Partial<NonNullable<CheckedConfiguration['settings']>>;
  configuration?: Partial<CheckedConfiguration>;
  names?: Partial<NameServer>;
  page?: (url: string) => Promise<PageAnswer>;
}

/** Sources of the checks that never ask another machine. */
function sourcesOf(own: World, { changes = {}, names = {}, page, ...given }: Given = {}): OpenedSources {
  const settings = { ...own.services(changes).settings, ...given.settings };
  const place = {
    ...{ database: settings.database, dataDir: settings.dataDir, delivery: settings.delivery },
    isNamed: false,
    account: null,
  };
  const configuration: CheckedConfiguration = {
    settings,
    problems: [],
    profile: null,
    place,
    signingKey: 'file',
    webhookUrl: null,
    ...given.configuration,
  };
  const sources = openCheckSources(configuration, {
    ...{ signal: new AbortController().signal, clock: () => own.time.now, debug: () => undefined },
    makesLedger: false,
    names: { ...noNames, ...names },
    page: page ?? (() => Promise.resolve(ourPage)),
  });
  onTestFinished(() => sources.close());
  return sources;
}

/** Sources for checks that ask neither Gladly nor the ledger. */
function outside({ settings, names, page }: Given): CheckSources {
  const look = { brand: { color: null, logoFile: null, texts: {} }, templateFile: null, from: null };
  const base = {
    ...{ delivery: 'smtp', publicUrl: 'https://csat.acme.com', origins: {} },
    ...{ ...look, policy: defaultPolicy, brands: [] },
  };
  return {
    settings: () => ({ ...base, ...settings }),
    clock: Date.now,
    names: { ...noNames, ...names },
    page: page ?? (() => Promise.resolve(ourPage)),
  } as unknown as CheckSources;
}

async function resultOf(id: string, sources: CheckSources): Promise<CheckResult> {
  const checks = allChecks.filter((check) => check.id === id);
  const [result] = await runChecks(checks, sources, { limitMs: 5000, offline: false });
  return result!;
}

/** Records a closing in the ledger. Returns its id. */
async function closed({ ledger, time }: World): Promise<string> {
  const at = iso(time.now);
  const { closing } = await recordClosing(ledger, {
    ...{ conversationId: 'c1', customerId: null, lane: 'live', source: 'webhook' },
    ...{ closedAt: at, seenAt: at },
  });
  return closing.id;
}

async function now(): Promise<World> {
  const own = await world();
  own.time.now = Date.now();
  return own;
}

test('Agent Connect: its host, the clock, the keys, and agents whom it would never ask about', async () => {
  const own = await now();
  const { origin, medallia: keys } = own.sandbox;
  const medallia = { ...own.services({}).settings.medallia, ...keys, origin };
  const about = async (changes: object): Promise<CheckResult[]> => {
    const sources = sourcesOf(own, { settings: { medallia: { ...medallia, ...changes } } });
    const results = await runChecks(allChecks, sources, { limitMs: 5000, offline: false });
    return results.filter(({ id }) => id.startsWith('medallia.'));
  };
  // The stand-in has not approved the profile of the last agent.
  expect(await about({})).toMatchObject([
    { id: 'medallia.reach', status: 'ok' },
    { id: 'medallia.clock', status: 'ok' },
    { id: 'medallia.keys', status: 'ok' },
    { id: 'medallia.agents', status: 'warning', code: 'medallia_agents_inactive' },
    { id: 'medallia.counts', status: 'skipped' },
  ]);
  expect(await about({ apiSecret: 'wrong' })).toMatchObject([
    { status: 'ok' },
    { status: 'ok' },
    { id: 'medallia.keys', status: 'error', code: 'medallia_refused_keys' },
    { id: 'medallia.agents', status: 'skipped' },
    { id: 'medallia.counts', status: 'skipped' },
  ]);
  expect(await about({ origin: 'http://127.0.0.1:1' })).toMatchObject([
    { id: 'medallia.reach', status: 'error', code: 'medallia_network' },
    { status: 'skipped' },
    { status: 'skipped' },
    { status: 'skipped' },
    { id: 'medallia.counts', status: 'skipped' },
  ]);
});

test('a workflow that is well has no trouble, costs few requests, and is left as it is', async () => {
  const own = await now();
  await tickOf(own.services());
  await own.tell();
  const before = await own.ledger.read((db) => db.selectFrom('limits').selectAll().execute());
  const sources = sourcesOf(own);
  const results = await runChecks(allChecks, sources, { limitMs: 5000, offline: false });
  const trouble = results.filter(({ status }) => !['ok', 'skipped'].includes(status));
  expect(trouble).toEqual([]);
  expect(results.filter(({ status }) => status === 'skipped').map(({ id }) => id)).toEqual([
    'webhook.registered',
    'webhook.events',
    'medallia.reach',
    'medallia.clock',
    'medallia.keys',
    'medallia.agents',
    'medallia.counts',
    'delivery.spf',
    'delivery.dkim',
    'delivery.dmarc',
    'reminders.possible',
    'alerts.ways',
  ]);
  expect(sources.requests()).toBe(5);
  expect(await own.ledger.read((db) => db.selectFrom('limits').selectAll().execute())).toEqual(before);
  expect(await own.closings()).toEqual([]);
  expect(own.sandbox.mailbox()).toEqual([]);
});

describe('the ledger', () => {
  test('that is not there is not made', async () => {
    const own = await now();
    const database = join(own.folder, 'nowhere', 'ledger.db');
    const place = { database, dataDir: own.folder, delivery: 'smtp', isNamed: false, account: null } as const;
    const absent = await resultOf('ledger.open', sourcesOf(own, { configuration: { place } }));
    expect(absent).toMatchObject({ status: 'skipped', summary: expect.stringContaining('no ledger yet') });
    const named = sourcesOf(own, { configuration: { place: { ...place, isNamed: true } } });
    expect(await resultOf('ledger.open', named)).toMatchObject({ status: 'error', code: 'ledger_missing' });
    expect(statSync(join(own.folder, 'nowhere'), { throwIfNoEntry: false })).toBeUndefined();
    expect((await resultOf('ledger.disk', sourcesOf(own, { configuration: { place } }))).status).toBe('ok');
  });

  test('of another version or organization says so', async () => {
    const own = await now();
    const sources = (): OpenedSources => sourcesOf(own);
    await own.ledger.write('ledger', (trx) =>
      trx.deleteFrom('ledger_version').where('version', '>', 3).execute(),
    );
    expect(await resultOf('ledger.version', sources())).toMatchObject({
      status: 'skipped',
      summary: expect.stringContaining('it has version 3'),
    });
    await own.ledger.write('ledger', (trx) =>
      trx.insertInto('ledger_version').values({ version: 999 }).execute(),
    );
    const results = await runChecks(allChecks.slice(2, 5), sources(), { limitMs: null, offline: false });
    expect(results).toMatchObject([
      { id: 'ledger.open', status: 'ok' },
      { id: 'ledger.version', status: 'error', code: 'ledger_too_new', kind: 'ledger' },
      { id: 'ledger.integrity', status: 'skipped' },
    ]);
    const other = await openLedger(join(own.folder, 'other.db'));
    onTestFinished(() => other.close());
    await bindOrganization(other, {
      organizationId: 'another',
      hostKind: 'loopback',
      origin: 'http://127.0.0.1:1',
    });
    const foreign = { ...sources(), ledger: () => Promise.resolve(other) };
    expect(await resultOf('ledger.organization', foreign)).toMatchObject({
      status: 'error',
      code: 'ledger_of_other_organization',
    });
  });
});

describe('Gladly', () => {
  test('that is away, refuses, or has another time', async () => {
    const own = await now();
    const away = await resultOf(
      'gladly.reach',
      sourcesOf(own, { settings: { origin: 'http://127.0.0.1:1' } }),
    );
    expect(away).toMatchObject({ status: 'error', kind: 'temporary' });
    const refused = await resultOf('gladly.token', sourcesOf(own, { settings: { token: 'wrong' } }));
    expect(refused).toMatchObject({ status: 'error', kind: 'credentials' });
    for (const [off, text] of [
      [10 * minute, 'ahead of'],
      [-10 * minute, 'behind'],
    ] as const) {
      own.time.now = Date.now() + off;
      const result = await resultOf('gladly.clock', sourcesOf(own));
      expect(result).toMatchObject({
        status: 'warning',
        summary: expect.stringContaining(`s ${text} Gladly`),
      });
    }
  });

  test('lacks what the policy names', async () => {
    const own = await now();
    const policy: Partial<Policy> = { optOutTopics: ['no_such_topic'], excludedInboxes: ['No such inbox'] };
    const sources = sourcesOf(own, { changes: { policy } });
    expect(await resultOf('gladly.opt-out-topic', sources)).toMatchObject({
      status: 'error',
      code: 'opt_out_topic_missing',
    });
    const doubt = await resultOf('gladly.policy', sources);
    expect(doubt).toMatchObject({ status: 'warning', summary: expect.stringContaining('No such inbox') });
    expect(doubt.summary).not.toContain('no_such_topic');
  });
});

describe('the webhook', () => {
  const webhook: NonNullable<WebhookStatus['webhook']> = {
    ...{ id: 'w', name: 'gcsat', url: 'https://csat.example.com/webhooks/gladly', enabled: true },
    ...{ deactivatedAt: null, hasCredentials: true, headerKeys: [] },
    events: ['CONVERSATION/CLOSED', 'CONVERSATION/REOPENED'],
  };
  const known: WebhookStatus = {
    ...{ profile: 'default', installed: true, webhook, credentialsKnown: true, others: [] },
  };
  test.each([
    ['webhook.registered', {}, 'ok', null],
    ['webhook.registered', { webhook: { ...webhook, enabled: false } }, 'error', 'webhook_disabled'],
    [
      'webhook.registered',
      { webhook: { ...webhook, enabled: false, deactivatedAt: '2026-11-22T12:00:00.000Z' } },
      'error',
      'webhook_deactivated',
    ],
    ['webhook.registered', { webhook: null }, 'warning', 'webhook_missing'],
    ['webhook.events', {}, 'ok', null],
    ['webhook.events', { webhook: { ...webhook, events: [] } }, 'error', 'webhook_without_closings'],
    [
      'webhook.events',
      { webhook: { ...webhook, hasCredentials: false } },
      'error',
      'webhook_without_credentials',
    ],
    ['webhook.events', { credentialsKnown: false }, 'error', 'webhook_credentials_unknown'],
    ['webhook.events', { webhook: null }, 'skipped', null],
    ['webhook.others', {}, 'ok', null],
    ['webhook.others', { others: [webhook] }, 'warning', 'webhook_of_others_listens'],
    ['webhook.others', { others: [{ ...webhook, enabled: false }] }, 'ok', null],
  ] as const)('%s of %j is %s %s', async (id, change, status, code) => {
    const sources = {
      configuration: { webhookUrl: webhook.url },
      webhook: () => Promise.resolve({ ...known, ...change }),
    } as unknown as CheckSources;
    expect(await resultOf(id, sources)).toMatchObject({ status, code });
  });
});

describe('the sender in DNS', () => {
  const coded = (code: string) => Object.assign(new Error(code), { code });
  const real = { hostKind: 'com', from: 'Acme <care@mail.acme.com>' } as const;
  const answers = (records: Record<string, string[] | null>) => ({
    texts: (name: string) => Promise.resolve(name in records ? records[name]! : []),
  });

  test.each([
    ['spf', { 'mail.acme.com': ['other', 'v=spf1 include:_spf.example.net -all'] }, 'ok', null],
    ['spf', {}, 'warning', 'spf_missing'],
    ['spf', { 'mail.acme.com': null }, 'warning', 'spf_missing'],
    ['spf', { 'mail.acme.com': ['v=spf1 -all', 'v=spf1 ~all'] }, 'warning', 'spf_ambiguous'],
    ['spf', { 'mail.acme.com': ['v=spf1 +all'] }, 'warning', 'spf_open'],
    ['dkim', { '_domainkey.mail.acme.com': null }, 'warning', 'dkim_missing'],
    ['dkim', {}, 'ok', null],
    ['dmarc', { '_dmarc.mail.acme.com': ['v=DMARC1; p=reject'] }, 'ok', null],
    ['dmarc', { '_dmarc.acme.com': ['v=DMARC1; p=none'] }, 'ok', null],
    ['dmarc', { '_dmarc.com': ['v=DMARC1; p=none'] }, 'warning', 'dmarc_missing'],
  ] satisfies [string, Record<string, string[] | null>, string, string | null][])(
    '%s %j is %s %s',
    async (name, records, status, code) => {
      const sources = outside({ settings: real, names: answers(records) });
      expect(await resultOf(`delivery.${name}`, sources)).toMatchObject({ status, code });
    },
  );

  test('is skipped with the reason where DNS gives no answer, or nothing is to be asked', async () => {
    const texts = () => Promise.reject(coded('ECONNREFUSED'));
    const silent = await resultOf('delivery.spf', outside({ settings: real, names: { texts } }));
    expect(silent).toMatchObject({ status: 'skipped', summary: expect.stringContaining('ECONNREFUSED') });
    for (const settings of [
      { ...real, from: 'care@acme.example' },
      { ...real, delivery: 'outbox' as const },
      { ...real, hostKind: 'loopback' as const },
    ]) {
      const names = { texts: () => Promise.reject(new Error('was asked')) };
      expect(await resultOf('delivery.dmarc', outside({ settings, names }))).toMatchObject({
        status: 'skipped',
      });
    }
  });
});

describe('the address of the survey page', () => {
  const coded = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));
  const answers = (change: Partial<PageAnswer>) => () => Promise.resolve({ ...ourPage, ...change });
  test.each([
    ['is ours', {}, 'ok', null],
    [
      'soon has no certificate',
      { page: answers({ certificateEndsAt: iso(Date.now() + 5 * day) }) },
      'warning',
      'certificate_ends',
    ],
    ['has a certificate that ended', { page: coded('CERT_HAS_EXPIRED') }, 'error', 'certificate_invalid'],
    ['says nothing', { page: coded('ECONNREFUSED') }, 'warning', 'survey_page_silent'],
    [
      'is a proxy alone',
      { page: answers({ status: 502, body: 'Bad Gateway' }) },
      'error',
      'survey_page_down',
    ],
    ['is another site', { page: answers({ status: 200, body: 'Welcome' }) }, 'error', 'survey_page_foreign'],
    ['does not resolve', { names: { addresses: coded('ENOTFOUND') } }, 'error', 'survey_name_unknown'],
    ['cannot be resolved here', { names: { addresses: coded('EAI_AGAIN') } }, 'skipped', null],
    ['is not set', { settings: { origins: { publicUrl: 'default' } } }, 'skipped', null],
    [
      'is unencrypted',
      { settings: { publicUrl: 'http://csat.acme.com' }, page: answers({ certificateEndsAt: null }) },
      'warning',
      'survey_page_unencrypted',
    ],
  ] satisfies [string, Given, string, string | null][])('%s', async (_, given, status, code) => {
    const result = await resultOf('survey.address', outside(given));
    expect(result).toMatchObject({ status, code });
    // A check never claims what cannot be seen from inside.
    if (status === 'ok') expect(result.detail).toContain('cannot tell whether customers can reach it');
  });
});

describe('brands', () => {
  const nordwind = { name: 'nordwind', inboxes: ['Returns'], own: { from: 'care@nordwind.test-shop.com' } };
  const sur = {
    name: 'sur',
    inboxes: ['Billing'],
    own: { publicUrl: 'https://csat.sur.com', logo: '/nowhere/logo.png', companyName: 'Sur' },
  };

  test('have their inboxes looked up in Gladly, and are warned of', async () => {
    const own = await now();
    const result = (...brands: BrandSettings[]) =>
      resultOf('gladly.brands', sourcesOf(own, { settings: { brands } }));
    expect(await result()).toMatchObject({ status: 'ok', summary: 'none is configured' });
    expect(await result(nordwind, sur)).toMatchObject({ status: 'ok', summary: 'nordwind, sur' });
    const typo = { ...nordwind, inboxes: ['Retruns'] };
    const idle = { ...sur, inboxes: [] };
    expect(await result(typo, idle)).toMatchObject({
      ...{ status: 'warning', code: 'brand_inbox_unknown' },
      summary: expect.stringMatching(/no inbox 'Retruns'.*brand sur has no inbox/),
    });
    const [inbox] = (await own.services().directory.inboxes()).values();
    const both = [
      { ...nordwind, inboxes: [inbox!.id] },
      { ...sur, inboxes: [inbox!.name!] },
    ];
    expect(await result(...both)).toMatchObject({ status: 'error', code: 'inbox_of_two_brands' });
  });

  test('have their senders checked, in themselves and in DNS', async () => {
    const settings = { hostKind: 'com', from: 'Acme <care@acme.com>', brands: [nordwind, sur] } as const;
    const texts = (name: string) =>
      Promise.resolve(name === 'acme.com' ? ['v=spf1 -all'] : name === 'nordwind.test-shop.com' ? [] : null);
    const sources = outside({ settings, names: { texts } });
    expect(await resultOf('delivery.sender', sources)).toMatchObject({
      ...{
        status: 'ok',
        summary:
          'Acme <care@acme.com>; brand nordwind: care@nordwind.test-shop.com; brand sur: care@acme.com',
      },
    });
    expect(await resultOf('delivery.spf', sources)).toMatchObject({
      ...{ status: 'warning', code: 'spf_missing' },
      summary: 'brand nordwind: nordwind.test-shop.com has no SPF record',
    });
    const broken = { ...settings, brands: [{ ...nordwind, own: { from: 'not an address' } }] };
    const refused = await resultOf('delivery.sender', outside({ settings: broken }));
    expect(refused).toMatchObject({ status: 'error', code: 'bad_from' });
    expect(refused.summary).toContain('brand nordwind: ');
  });

  test('have their public addresses and logos checked; what is the profile’s, once', async () => {
    const asked: string[] = [];
    const page = (url: string) => {
      asked.push(url);
      return Promise.resolve(url.includes('sur.com') ? { ...ourPage, status: 502, body: '' } : ourPage);
    };
    const sources = outside({ settings: { brands: [nordwind, sur] }, page });
    expect(await resultOf('survey.address', sources)).toMatchObject({
      ...{ status: 'error', code: 'survey_page_down' },
      summary: expect.stringContaining('brand sur: https://csat.sur.com'),
    });
    expect(asked).toHaveLength(2);
    expect(await resultOf('message.logo', sources)).toMatchObject({
      ...{ status: 'error', code: 'logo_unreadable' },
      summary: expect.stringContaining('brand sur: '),
      fix: expect.stringContaining("gcsat configure brand set 'sur' logo="),
    });
  });
});

test('a page that answers is asked over HTTP, and its beginning is enough', async () => {
  const own = await now();
  const { askPage } = await import('../../../src/workflow/checks/page-probe.ts');
  const answer = await askPage(`${own.sandbox.origin}/`, new AbortController().signal);
  expect(answer).toMatchObject({ status: 200, certificateEndsAt: null });
  await expect(askPage('http://127.0.0.1:1/', new AbortController().signal)).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});

describe('the queue', () => {
  test('tells what is late, failed, uncertain, held by a process that stands still, and paused', async () => {
    const own = await now();
    const figures = {
      pause: { pausedAt: iso(own.time.now), until: null, reason: null },
      fullUntil: null,
      due: 2,
      oldestDueAt: iso(own.time.now - 20 * minute),
      states: { pending: 0, scheduled: 2, sending: 1, uncertain: 1, failed: 3 },
      oldestClaimAt: null,
      cardsMissing: 0,
      alertsDue: 0,
      reminders: { due: 0, uncertain: 0, failed: 0 },
    };
    const sources: CheckSources = { ...sourcesOf(own), figures: () => Promise.resolve(figures) };
    const found = async (id: string) => (await resultOf(id, sources)).code;
    expect(await found('queue.due')).toBe('queue_late');
    expect(await found('queue.failed')).toBe('closings_failed');
    expect(await found('queue.uncertain')).toBe('messages_uncertain');
    expect(await found('queue.pause')).toBe('sending_paused');
    expect(await found('queue.held')).toBeNull();
    // This process holds a closing, is alive, and has not renewed its claim for long.
    await closed(own);
    const { pid, host, startedAt } = own.services().worker;
    await own.ledger.write('ledger', (trx) =>
      trx
        .updateTable('closings')
        .set({
          state: 'sending',
          claimed_by: `${pid}@${host}#${startedAt}`,
          claim_until: iso(own.time.now - 5 * minute),
        })
        .execute(),
    );
    expect(await resultOf('queue.held', sources)).toMatchObject({
      status: 'warning',
      code: 'closing_held',
      summary: expect.stringContaining(`process ${pid} on`),
    });
  });

  test('tells when closings were looked for, and which answers have no card', async () => {
    const own = await now();
    expect(await resultOf('sync.last', sourcesOf(own))).toMatchObject({ status: 'ok' });
    await tickOf(own.services());
    expect(await resultOf('sync.last', sourcesOf(own))).toMatchObject({ status: 'ok' });
    own.time.now += 120 * minute;
    expect(await resultOf('sync.last', sourcesOf(own))).toMatchObject({
      status: 'warning',
      fix: 'gcsat sync',
    });
    const waiting = { closing_id: null, tries: 0, retry_at: null, error: null };
    const closingId = await closed(own);
    const add = (surveyId: string, answeredAt: number, change = {}) =>
      own.ledger.write('ledger', (trx) =>
        trx
          .insertInto('cards_due')
          .values({
            ...waiting,
            ...{ survey_id: surveyId, closing_id: closingId, answered_at: iso(answeredAt) },
            ...change,
          })
          .execute(),
      );
    await add('s1', own.time.now - minute);
    await add('by hand', own.time.now - day, { closing_id: null });
    expect(await resultOf('cards.outstanding', sourcesOf(own))).toMatchObject({
      status: 'ok',
      summary: '1 answer waits for a card',
    });
    await add('s2', own.time.now - minute, { tries: 1, error: '{}' });
    expect(await resultOf('cards.outstanding', sourcesOf(own))).toMatchObject({
      status: 'warning',
      code: 'cards_outstanding',
    });
  });
});

test('what is left to erase of forgotten customers is a warning, but not what is to be erased later', async () => {
  const own = await now();
  const iso = (ms: number): string => new Date(ms).toISOString();
  await own.ledger.write('ledger', (trx) => expectRemnants(trx, iso(own.time.now + 60_000)));
  expect(await resultOf('erasure.open', sourcesOf(own))).toMatchObject({ status: 'ok' });
  await own.ledger.write('ledger', (trx) => expectErasures(trx, [{ kind: 'card', name: 'i1' }]));
  expect(await resultOf('erasure.open', sourcesOf(own))).toMatchObject({
    status: 'warning',
    code: 'erasures_open',
    summary: '1 thing is still to be erased (card)',
    fix: 'gcsat sync',
  });
  const failed = { retryAt: iso(own.time.now + 60_000), code: 'forbidden' };
  await noteErasureFailure(own.ledger, { kind: 'card', name: 'i1' }, failed);
  expect((await resultOf('erasure.open', sourcesOf(own))).detail).toContain('ended with forbidden');
});

test('the configuration says what is wrong with it, and who can read it', async () => {
  const own = await now();
  const problem = new Failure('configuration', 'not_configured', 'not configured', {
    hint: 'Run `gcsat configure`.',
  });
  const wrong = sourcesOf(own, { configuration: { problems: [problem] } });
  expect(await resultOf('config.files', wrong)).toMatchObject({ status: 'error', fix: 'gcsat configure' });
  const { chmodSync, writeFileSync } = await import('node:fs');
  const file = join(own.folder, 'config.json');
  writeFileSync(file, '{}', { mode: 0o600 });
  const profile = { name: 'default', file };
  expect(await resultOf('config.files', sourcesOf(own, { configuration: { profile } }))).toMatchObject({
    status: 'ok',
  });
  chmodSync(file, 0o644);
  expect(await resultOf('config.files', sourcesOf(own, { configuration: { profile } }))).toMatchObject({
    status: 'warning',
    fix: `chmod 600 ${file}`,
  });
});
