import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredProfile } from '../../src/config/profiles.ts';
import { sandboxSettings } from '../../src/config/sandbox-settings.ts';
import { parseDatabase } from '../../src/config/profile-values.ts';
import { loadSettings } from '../../src/config/load-settings.ts';
import type { GlobalFlags } from '../../src/config/settings.ts';
import { defaultPolicy } from '../../src/domain/eligibility/policy.ts';
import { Failure } from '../../src/failure.ts';
import { saveProfile } from './save-profile.ts';

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gcsat-settings-'));
  env = { GCSAT_CONFIG_DIR: join(folder, 'config'), GCSAT_DATA_DIR: join(folder, 'data') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const saved: StoredProfile = {
  domain: 'https://acme.gladly.com',
  email: 'api@acme.com',
  token: 'token-of-the-profile',
  values: { timeout: '11', ratePercent: '50', delivery: 'gladly-email', from: 'care@acme.com' },
  policy: { suppressionDays: '14', quietHours: '21:00-08:00' },
};

const save = (profile: StoredProfile = saved, name = 'default'): Promise<void> =>
  saveProfile(join(folder, 'config'), name, profile);

function inFile(text: string): string {
  const file = join(folder, `secret-${Math.random()}`);
  writeFileSync(file, text);
  return file;
}

async function failureOf(flags: GlobalFlags, more: NodeJS.ProcessEnv = {}): Promise<Failure> {
  const settings = await loadSettings(flags, { ...env, ...more }).catch((error: unknown) => error);
  expect(settings).toBeInstanceOf(Failure);
  return settings as Failure;
}

describe('the survey page and its proxies', () => {
  const account = { GCSAT_DOMAIN: 'acme', GCSAT_EMAIL: 'api@acme.com', GCSAT_TOKEN: 'secret-token' };

  test('have no color and no logo, and trust no proxy by default', async () => {
    expect(await loadSettings({}, { ...env, ...account })).toMatchObject({
      brand: { color: null, logoFile: null },
      trustedProxies: [],
    });
  });

  test('take what the profile says; the environment names other proxies', async () => {
    await save({
      ...saved,
      values: { logo: '/srv/logo.png', trustProxy: '10.0.0.0/8, fd00::/8' },
      policy: { brandColor: '#08F' },
    });
    expect(await loadSettings({}, env)).toMatchObject({
      brand: { color: '#0088ff', logoFile: '/srv/logo.png' },
      trustedProxies: ['10.0.0.0/8', 'fd00::/8'],
    });
    const { trustedProxies } = await loadSettings({}, { ...env, GCSAT_TRUST_PROXY: '127.0.0.1,::1' });
    expect(trustedProxies).toEqual(['127.0.0.1', '::1']);
  });

  test.each(['10.0.0.0/33', 'proxy.example.com', 'fe80::1%eth0', '10.0.0.1/8/8', '10.0.0.1/', '::/129'])(
    'trusting %s is refused',
    async (GCSAT_TRUST_PROXY) => {
      const { kind, message } = await failureOf({}, { ...account, GCSAT_TRUST_PROXY });
      expect(kind).toBe('configuration');
      expect(message).toContain('GCSAT_TRUST_PROXY');
    },
  );

  test.each(['red', '#12345', '#12345g', 'javascript:1'])('the color %s is refused', async (brandColor) => {
    await save({ ...saved, policy: { brandColor } });
    expect(await failureOf({})).toMatchObject({ kind: 'configuration', code: 'bad_configuration' });
  });
});

describe('precedence', () => {
  test('defaults, when only the account is given', async () => {
    const account = { GCSAT_DOMAIN: 'acme', GCSAT_EMAIL: 'api@acme.com', GCSAT_TOKEN: 'secret-token' };
    const settings = await loadSettings({}, { ...env, ...account });
    expect(settings).toMatchObject({
      profile: 'default',
      origin: 'https://acme.gladly.com',
      hostKind: 'com',
      email: 'api@acme.com',
      token: 'secret-token',
      timeoutMs: 30_000,
      ratePercent: 80,
      delivery: 'outbox',
      from: null,
      smtpUrl: null,
      publicUrl: 'http://localhost:8080',
      templateFile: null,
      database: join(folder, 'data', 'ledger-default-acme.gladly.com.db'),
      dataDir: join(folder, 'data'),
      outboxDir: join(folder, 'data', 'outbox'),
      policy: defaultPolicy,
    });
    expect(settings.origins).toMatchObject({
      domain: 'environment',
      timeout: 'default',
      dataDir: 'environment',
    });
  });

  test('profile over default, environment over profile, flag over environment', async () => {
    await save();
    expect(await loadSettings({}, env)).toMatchObject({
      timeoutMs: 11_000,
      ratePercent: 50,
      delivery: 'gladly-email',
      from: 'care@acme.com',
      publicUrl: null,
      policy: { ...defaultPolicy, suppressionDays: 14, quietHours: { from: 1260, until: 480 } },
      origins: { timeout: 'profile', suppressionDays: 'profile', maxAge: 'default', token: 'profile' },
    });
    const fromEnvironment = {
      ...env,
      GCSAT_TIMEOUT: '12',
      GCSAT_RATE_SHARE: '60',
      GCSAT_DELIVERY: 'outbox',
      GCSAT_TOKEN: 'token-of-the-environment',
    };
    expect(await loadSettings({}, fromEnvironment)).toMatchObject({
      timeoutMs: 12_000,
      ratePercent: 60,
      delivery: 'outbox',
      token: 'token-of-the-environment',
      origins: { timeout: 'environment', token: 'environment' },
    });
    const flags = { timeout: '0.5', rateShare: '70', delivery: 'gladly-sms', database: 'other.db' };
    expect(await loadSettings(flags, fromEnvironment)).toMatchObject({
      timeoutMs: 500,
      ratePercent: 70,
      delivery: 'gladly-sms',
      database: 'other.db',
      origins: { timeout: 'flag', database: 'flag' },
    });
  });

  test('an empty variable is none', async () => {
    await save();
    const settings = await loadSettings({}, { ...env, GCSAT_TIMEOUT: '', GCSAT_TOKEN: '', GCSAT_DOMAIN: '' });
    expect(settings).toMatchObject({ timeoutMs: 11_000, token: 'token-of-the-profile' });
  });

  test('each profile and each host has its own ledger', async () => {
    await save(saved, 'a.b');
    const { database } = await loadSettings({ profile: 'a.b' }, env);
    expect(database).toBe(join(folder, 'data', 'ledger-a.b-acme.gladly.com.db'));
    const local = await loadSettings(
      { domain: 'http://127.0.0.1:4010', email: 'api@acme.com' },
      { ...env, GCSAT_TOKEN: 'secret-token' },
    );
    expect(local.database).toBe(join(folder, 'data', 'ledger-default-127.0.0.1_4010.db'));
  });
});

describe('what is missing or wrong', () => {
  test('everything that is missing is named at once, with the way to give it', async () => {
    const failure = await failureOf({});
    expect(failure).toMatchObject({ kind: 'configuration', code: 'not_configured' });
    for (const word of ['domain', 'email', 'token']) expect(failure.message).toContain(word);
    for (const word of ['gcsat configure', '--domain', 'GCSAT_EMAIL', '--token-stdin', 'GCSAT_TOKEN']) {
      expect(failure.hint).toContain(word);
    }
    await save({ ...saved, token: '' });
    const { email, token, values, policy } = saved;
    await save({ email: email!, token: token!, values, policy }, 'half');
    expect((await failureOf({ profile: 'half' })).message).toMatch(/profile 'half' is missing: domain$/);
  });

  test('a bad flag is usage, a bad variable or stored value is configuration and says where', async () => {
    await save({ ...saved, values: { timeout: 'long' }, policy: { sample: '500' } });
    expect(await failureOf({ timeout: 'x' })).toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(/^--timeout: /),
    });
    expect(await failureOf({}, { GCSAT_TIMEOUT: 'x' })).toMatchObject({
      kind: 'configuration',
      message: expect.stringMatching(/^GCSAT_TIMEOUT: /),
    });
    const stored = await failureOf({});
    expect(stored.kind).toBe('configuration');
    expect(stored.message).toContain(join(folder, 'config', 'config.json'));
    expect((await failureOf({ timeout: '5' })).message).toMatch(/^sample of profile 'default'/);
    expect(await failureOf({ domain: 'evil.com' })).toMatchObject({ kind: 'usage', code: 'bad_value' });
    expect(await failureOf({}, { GCSAT_DOMAIN: 'evil.com' })).toMatchObject({ kind: 'configuration' });
    expect(await failureOf({ delivery: 'pigeon' })).toMatchObject({ kind: 'usage' });
    expect(await failureOf({ rateShare: '0' })).toMatchObject({ kind: 'usage' });
    expect(await failureOf({ email: 'a:b@acme.com' })).toMatchObject({ kind: 'usage' });
    expect(await failureOf({}, { GCSAT_ALLOW_HOST: 'perhaps' })).toMatchObject({ kind: 'configuration' });
  });

  test.each(['file:x/y.db', 'mysql://127.0.0.1/x', 'https://a.example/x.db', 'memory:x'])(
    'the ledger %s is refused',
    async (database) => {
      const account = { GCSAT_DOMAIN: 'acme', GCSAT_EMAIL: 'api@acme.com', GCSAT_TOKEN: 'secret-token' };
      expect(await failureOf({ database }, account)).toMatchObject({
        kind: 'usage',
        message: expect.stringMatching(/^--database: [a-z]+: is not a scheme for a ledger$/),
      });
      const byFile = { ...account, GCSAT_DATABASE_URL_FILE: inFile(database) };
      expect((await failureOf({}, byFile)).message).toMatch(/^GCSAT_DATABASE_URL_FILE: /);
    },
  );

  test.each([':memory:', 'sqlite::memory:', ' :memory: '])(
    'the ledger %j is refused: it would forget who was surveyed',
    async (database) => {
      const account = { GCSAT_DOMAIN: 'acme', GCSAT_EMAIL: 'api@acme.com', GCSAT_TOKEN: 'secret-token' };
      const refused = { kind: 'usage', message: '--database: a ledger in memory forgets who was surveyed' };
      expect(await failureOf({ database }, account)).toMatchObject(refused);
    },
  );

  test.each(['sqlite:///x/l.db?mode=rwc', 'sqlite:/x/l.db#x', 'SQLITE:///x/my%20ledger.db'])(
    'a sqlite: URL with more than a path is refused: %s',
    (given) => {
      expect(() => parseDatabase(given)).toThrow(expect.objectContaining({ name: 'InvalidValue' }));
    },
  );

  test('an encoded password is no template, and a template in a URL is not repeated', () => {
    const url = 'postgres://u:p%C3%BC`{{%25@h/x';
    expect(parseDatabase(url)).toBe(url);
    expect(() => parseDatabase('postgres://u:hunter2${X}@h/x')).toThrow(/^(?!.*hunter2).*variable/);
  });

  test.each([
    './a:b.db',
    '/srv/a?b#c%20.db',
    '/srv/a:b.db',
    'C:\\ledger.db',
    'sqlite:x.db',
    'SQLITE:///x.db',
    'postgres://h/x',
  ])('the ledger %s is left to the ledger itself', async (database) => {
    const account = { GCSAT_DOMAIN: 'acme', GCSAT_EMAIL: 'api@acme.com', GCSAT_TOKEN: 'secret-token' };
    expect(await loadSettings({ database }, { ...env, ...account })).toMatchObject({ database });
  });

  test('an error of a secret from a file names the variable that is set', async () => {
    const account = { GCSAT_DOMAIN: 'acme', GCSAT_EMAIL: 'api@acme.com', GCSAT_TOKEN: 'secret-token' };
    const settings = await loadSettings(
      {},
      {
        ...env,
        ...account,
        GCSAT_SURVEY_SECRET_FILE: inFile('short'),
        GCSAT_WEBHOOK_USER_FILE: inFile('me'),
      },
    );
    await expect(settings.surveySecret()).rejects.toThrow(
      /^GCSAT_SURVEY_SECRET_FILE has fewer than 32 bytes$/,
    );
    await expect(settings.webhookCredentials()).rejects.toThrow(
      /^GCSAT_WEBHOOK_USER_FILE is set without GCSAT_WEBHOOK_PASSWORD$/,
    );
  });

  test.each(['../evil', '__proto__', '.hidden', 'a b', '', 'x'.repeat(65)])('profile %j', async (profile) => {
    expect(await failureOf({ profile })).toMatchObject({ kind: 'usage' });
  });

  test('names of the language are no profiles', async () => {
    await save();
    expect((await failureOf({ profile: 'constructor' })).message).toContain(
      "there is no profile 'constructor'",
    );
  });

  test('an unknown policy is an error, because its rule would not be applied', async () => {
    await save({ ...saved, policy: { optOutTopic: 'vip' } as StoredProfile['policy'] });
    expect((await failureOf({})).message).toContain("unknown policy 'optOutTopic'");
  });
});

describe('what is around a value', () => {
  const account = { GCSAT_DOMAIN: 'acme', GCSAT_EMAIL: 'api@acme.com', GCSAT_TOKEN: 'secret-token' };
  const wraps: [string, (text: string) => string][] = [
    ['the line end of Windows', (text) => `${text}\r`],
    ['quotation marks', (text) => `"${text}"`],
    ['both', (text) => `'${text}'\r\n`],
    ['blanks', (text) => ` ${text}\t`],
    ['a byte order mark', (text) => `\uFEFF${text}`],
  ];

  test.each(wraps)('%s does not change any variable', async (_what, around) => {
    await save(saved, 'acme');
    const plain = {
      ...env,
      ...account,
      GCSAT_PROFILE: 'acme',
      GCSAT_DELIVERY: 'smtp',
      GCSAT_FROM: 'Acme <care@acme.com>',
      GCSAT_PUBLIC_URL: 'https://csat.acme.com',
      GCSAT_SMTP_URL: 'smtp://me:hidden@host:587',
      GCSAT_TRUST_PROXY: '127.0.0.1, ::1',
      GCSAT_RATE_SHARE: '60%',
      GCSAT_TIMEOUT: '12',
      GCSAT_DATABASE_URL: `sqlite://${folder}/x.db`,
      GCSAT_ALLOW_HOST: 'yes',
    };
    const wrapped = Object.fromEntries(Object.entries(plain).map(([name, text]) => [name, around(text)]));
    const valuesIn = async (given: NodeJS.ProcessEnv): Promise<unknown> =>
      JSON.parse(JSON.stringify(await loadSettings({}, given)));
    expect(await valuesIn(wrapped)).toEqual(await valuesIn(plain));
    expect(await valuesIn(plain)).toMatchObject({ profile: 'acme', timeoutMs: 12_000 });
  });

  test.each(wraps)('%s does not change the secret in a file', async (_what, around) => {
    const { GCSAT_TOKEN: token, ...rest } = account;
    const given = { ...env, ...rest, GCSAT_TOKEN_FILE: ` "${inFile(around(token))}"\r` };
    expect(await loadSettings({}, given)).toMatchObject({ token });
  });

  test.each(['""', ' ', '\r', "''\r\n"])('%j is no value', async (nothing) => {
    await save();
    const none = {
      GCSAT_TIMEOUT: nothing,
      GCSAT_TOKEN: nothing,
      GCSAT_TOKEN_FILE: nothing,
      GCSAT_DATABASE_URL: nothing,
    };
    expect(await loadSettings({}, { ...env, ...none })).toMatchObject({
      timeoutMs: 11_000,
      token: 'token-of-the-profile',
      origins: { database: 'default' },
    });
    expect(await failureOf({}, { GCSAT_TOKEN_FILE: inFile(nothing) })).toMatchObject({
      code: 'secret_file_empty',
    });
  });

  test.each(['x.db', './x.db', 'sqlite:x.db', '~/x.db', 'sqlite:~/x.db', '"x.db'])(
    'the ledger %s would be another in each folder: the environment may not name it',
    async (database) => {
      for (const given of [{ GCSAT_DATABASE_URL: database }, { GCSAT_DATABASE_URL_FILE: inFile(database) }]) {
        const failure = await failureOf({}, { ...account, ...given });
        expect(failure).toMatchObject({ kind: 'configuration', code: 'bad_configuration' });
        expect(failure.message).toContain(`${Object.keys(given)[0]}: `);
      }
    },
  );

  test('by hand a ledger may be relative, but not to a home that no shell has put in', async () => {
    expect(await loadSettings({ database: 'x.db\r' }, { ...env, ...account })).toMatchObject({
      database: 'x.db',
    });
    expect(await failureOf({ database: '~/x.db' }, account)).toMatchObject({ kind: 'usage' });
  });

  test('a profile that a person wrote', async () => {
    const values = { ...saved.values, template: ' "/srv/survey.eta"\n', logo: '', timeout: '11\r' };
    const policy = { thanksTitle: ' "Thanks" \r\n', excludedInboxes: 'A, B\r' };
    await save({ ...saved, token: '\uFEFFtoken-of-the-profile\n', values, policy });
    expect(await loadSettings({}, env)).toMatchObject({
      token: saved.token,
      templateFile: '/srv/survey.eta',
      brand: { logoFile: null },
      timeoutMs: 11_000,
      policy: { thanksTitle: '"Thanks"', excludedInboxes: ['A', 'B'] },
    });
    for (const path of ['survey.eta', '~/survey.eta']) {
      await save({ ...saved, values: { ...saved.values, template: path } });
      expect((await failureOf({})).message).toMatch(/^template of profile 'default' in /);
    }
    await save({ ...saved, policy: { excludedInboxes: 'A\nB' } });
    expect((await failureOf({})).message).toMatch(/^excludedInboxes of .*: the value contains a line break$/);
  });
});

describe('secrets', () => {
  const account = { GCSAT_DOMAIN: 'acme', GCSAT_EMAIL: 'api@acme.com' };

  test.each([
    ['secret-token\n', 'secret-token'],
    ['secret-token\r\n', 'secret-token'],
    ['secret-token', 'secret-token'],
  ])('a file with %j', async (text, token) => {
    expect(await loadSettings({}, { ...env, ...account, GCSAT_TOKEN_FILE: inFile(text) })).toMatchObject({
      token,
    });
  });

  test('a variable and its file at once, a file that is empty or missing', async () => {
    const file = inFile('secret-token');
    const both = await failureOf({}, { ...account, GCSAT_TOKEN: 'x', GCSAT_TOKEN_FILE: file });
    expect(both).toMatchObject({ kind: 'configuration', code: 'secret_given_twice' });
    const empty = await failureOf({}, { ...account, GCSAT_TOKEN_FILE: inFile('\n') });
    expect(empty).toMatchObject({ kind: 'configuration', code: 'secret_file_empty' });
    const missing = await failureOf({}, { ...account, GCSAT_TOKEN_FILE: join(folder, 'nowhere') });
    expect(missing).toMatchObject({ kind: 'configuration', code: 'secret_file_unreadable' });
    expect(missing.message).toContain('nowhere');
  });

  test('a token of several lines is refused without being shown', async () => {
    const failure = await failureOf({}, { ...account, GCSAT_TOKEN_FILE: inFile('hidden-one\nhidden-two\n') });
    expect(failure.kind).toBe('configuration');
    expect(failure.message + failure.hint).not.toContain('hidden');
  });

  test('a broken SMTP URL is refused without being shown', async () => {
    const failure = await failureOf(
      {},
      { ...account, GCSAT_TOKEN: 'x', GCSAT_SMTP_URL: 'http://me:hidden@host' },
    );
    expect(failure.message + failure.hint).not.toContain('hidden');
    const settings = await loadSettings(
      {},
      { ...env, ...account, GCSAT_TOKEN: 'x', GCSAT_SMTP_URL_FILE: inFile('smtp://me:hidden@host:587\n') },
    );
    expect(settings.smtpUrl).toBe('smtp://me:hidden@host:587');
  });

  test('a saved token goes to the host it was saved for and to no other', async () => {
    await save();
    const failure = await failureOf({ domain: 'acne' });
    expect(failure.code).toBe('not_configured');
    expect(failure.message).toContain(
      'the token saved for https://acme.gladly.com is not sent to another host',
    );
    expect(await loadSettings({ domain: 'acme.gladly.com' }, env)).toMatchObject({ token: saved.token });
    const given = await loadSettings({ domain: 'acne' }, { ...env, GCSAT_TOKEN: 'token-of-acne' });
    expect(given).toMatchObject({ origin: 'https://acne.gladly.com', token: 'token-of-acne' });
  });

  test('what a profile allows, it allows for its own host', async () => {
    await save({ ...saved, domain: 'https://gladly.example.com', allowHost: true });
    expect(await loadSettings({}, env)).toMatchObject({ hostKind: 'other' });
    expect(await failureOf({ domain: 'https://evil.com' }, { GCSAT_TOKEN: 'x' })).toMatchObject({
      kind: 'usage',
    });
    const byHand = await loadSettings(
      { domain: 'https://other.example.com', allowHost: true },
      { ...env, GCSAT_TOKEN: 'x' },
    );
    expect(byHand.origin).toBe('https://other.example.com');
  });
});

describe('what a command overrides', () => {
  const account = { GCSAT_DOMAIN: 'acme', GCSAT_EMAIL: 'api@acme.com', GCSAT_TOKEN: 'secret-token' };

  test('an address of the survey page that becomes known later replaces the configured one', async () => {
    let served: string | null = null;
    const settings = await loadSettings(
      {},
      { ...env, ...account, GCSAT_PUBLIC_URL: 'https://csat.acme.com' },
      { overrides: { publicUrl: () => served } },
    );
    expect(settings.publicUrl).toBe('https://csat.acme.com');
    served = 'http://127.0.0.1:4711';
    expect(settings.publicUrl).toBe(served);
  });

  test('a signing key that is not kept stays the same in this process and is not written', async () => {
    const overrides = { keepsSigningKey: false };
    const settings = await loadSettings({}, { ...env, ...account }, { overrides });
    expect(await settings.surveySecret()).toEqual(await settings.surveySecret());
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  test('webhook credentials replace all others', async () => {
    const webhookCredentials = { basic: [{ user: 'gcsat', password: 'for-this-run-only' }], headers: [] };
    const settings = await loadSettings(
      {},
      { ...env, ...account, GCSAT_WEBHOOK_PASSWORD: 'of-the-environment' },
      { overrides: { webhookCredentials } },
    );
    expect(await settings.webhookCredentials()).toEqual(webhookCredentials);
  });
});

test('every secret is reported before it can be printed', async () => {
  const secrets = new Set<string>();
  const settings = await loadSettings(
    { database: 'postgres://me:%zz-not-encoded@host/x' },
    {
      ...env,
      GCSAT_DOMAIN: 'acme',
      GCSAT_EMAIL: 'api@acme.com',
      GCSAT_TOKEN: 'secret-token',
      GCSAT_SMTP_URL: 'smtp://me:p%40ss@host:587',
      GCSAT_WEBHOOK_PASSWORD: 'webhook-password',
      GCSAT_SURVEY_SECRET: 's'.repeat(32),
    },
    { onSecret: (secret) => secrets.add(secret) },
  );
  const token = Buffer.from('api@acme.com:secret-token').toString('base64');
  expect([...secrets]).toEqual(['secret-token', token, 'p%40ss', 'p@ss', '%zz-not-encoded']);
  await settings.webhookCredentials();
  await settings.surveySecret();
  expect(secrets).toContain('webhook-password');
  expect(secrets).toContain(Buffer.from('gcsat:webhook-password').toString('base64'));
  expect(secrets).toContain('s'.repeat(32));
});

describe('the embedded sandbox', () => {
  const sandbox = {
    origin: 'http://127.0.0.1:4010',
    email: 'bot@example.com',
    token: 'sandbox-token',
    fromAddress: 'care@example.com',
    fromNumber: '+15550100',
    medallia: { apiKey: 'sandbox-key', apiSecret: 'sandbox-secret' },
  };

  test('account, profiles and ledger of the user play no part', async () => {
    await save();
    const own = join(folder, 'own');
    mkdirSync(own);
    const settings = await sandboxSettings(
      { profile: 'default', timeout: '5' },
      {
        GCSAT_CONFIG_DIR: env['GCSAT_CONFIG_DIR'],
        GCSAT_DOMAIN: 'acme',
        GCSAT_EMAIL: 'api@acme.com',
        GCSAT_TOKEN: 'production-token',
        GCSAT_TOKEN_FILE: '/nowhere',
        GCSAT_FROM: 'production@acme.com',
        GCSAT_DATABASE_URL: 'production.db',
        GCSAT_PROFILE: 'default',
      },
      sandbox,
      own,
    );
    expect(settings).toMatchObject({
      profile: 'sandbox',
      origin: sandbox.origin,
      hostKind: 'loopback',
      email: sandbox.email,
      token: sandbox.token,
      delivery: 'gladly-email',
      from: sandbox.fromAddress,
      publicUrl: 'http://localhost:8080',
      dataDir: own,
      timeoutMs: 5000,
      policy: {
        ...defaultPolicy,
        followUpTask: true,
        reasons: { '': expect.arrayContaining(['Slow reply']) as string[] },
        question: { kind: 'scale' },
      },
    });
    expect(settings.database.startsWith(own)).toBe(true);
    expect(settings.origins).toMatchObject({
      domain: 'sandbox',
      token: 'sandbox',
      delivery: 'sandbox',
      from: 'sandbox',
      dataDir: 'sandbox',
      timeout: 'flag',
    });
  });

  test('delivery, ledger and page can be chosen, and the folders are its own', async () => {
    const more = { GCSAT_DELIVERY: 'gladly-sms', GCSAT_PUBLIC_URL: 'https://csat.example.com/' };
    const own = join(folder, 'own');
    const settings = await sandboxSettings({ database: 'mine.db' }, { ...env, ...more }, sandbox, own);
    expect(settings).toMatchObject({
      delivery: 'gladly-sms',
      from: sandbox.fromNumber,
      publicUrl: 'https://csat.example.com',
      database: 'mine.db',
      dataDir: own,
      configDir: own,
      outboxDir: join(own, 'outbox'),
    });
    const { database } = await sandboxSettings({}, { ...env, ...more }, sandbox, own);
    expect(database.startsWith(own)).toBe(true);
  });
});
