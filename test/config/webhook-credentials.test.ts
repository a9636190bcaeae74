import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredProfile, StoredWebhook } from '../../src/config/profiles.ts';
import {
  environmentWebhookCredentials,
  isWeak,
  webhookCredentialsReader,
} from '../../src/config/webhook-credentials.ts';
import { saveProfile } from './save-profile.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gcsat-webhook-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const none = { basic: [], headers: [] };
const url = 'https://csat.example.com/webhooks/gladly';

const save = (webhook: StoredWebhook, more: Partial<StoredProfile> = {}): Promise<void> =>
  saveProfile(folder, 'default', {
    domain: 'https://acme.gladly.com',
    webhook,
    values: {},
    policy: {},
    ...more,
  });

const reader = (env: NodeJS.ProcessEnv = {}, origin: string | null = 'https://acme.gladly.com') =>
  webhookCredentialsReader({ env, configDir: folder, profile: 'default', origin });

describe('webhook credentials of the environment', () => {
  test('are a user and a password, or a header', async () => {
    expect(
      await environmentWebhookCredentials({
        GCSAT_WEBHOOK_USER: 'gladly',
        GCSAT_WEBHOOK_PASSWORD: 'long-enough-password',
        GCSAT_WEBHOOK_HEADER: 'X-Token: another secret ',
      }),
    ).toEqual({
      basic: [{ user: 'gladly', password: 'long-enough-password' }],
      headers: [{ name: 'X-Token', value: 'another secret' }],
    });
  });

  test('two are accepted while they change; the previous password needs no user of its own', async () => {
    const { basic } = await environmentWebhookCredentials({
      GCSAT_WEBHOOK_USER: 'gladly',
      GCSAT_WEBHOOK_PASSWORD: 'new-password',
      GCSAT_WEBHOOK_PREVIOUS_PASSWORD: 'old-password',
    });
    expect(basic).toEqual([
      { user: 'gladly', password: 'new-password' },
      { user: 'gladly', password: 'old-password' },
    ]);
  });

  test('a password without a user belongs to gcsat', async () => {
    const { basic } = await environmentWebhookCredentials({ GCSAT_WEBHOOK_PASSWORD: 'secret-password' });
    expect(basic).toEqual([{ user: 'gcsat', password: 'secret-password' }]);
  });

  test('each may come from a file', async () => {
    const file = join(folder, 'secret');
    writeFileSync(file, 'X-Token: from-a-file\n');
    expect(await environmentWebhookCredentials({ GCSAT_WEBHOOK_HEADER_FILE: file })).toEqual({
      basic: [],
      headers: [{ name: 'X-Token', value: 'from-a-file' }],
    });
  });

  test.each([
    ['a user without a password', { GCSAT_WEBHOOK_USER: 'gladly' }, 'webhook_credentials_incomplete'],
    [
      'a user with a colon',
      { GCSAT_WEBHOOK_USER: 'a:b', GCSAT_WEBHOOK_PASSWORD: 'hidden-one' },
      'bad_configuration',
    ],
    ['a header without a name', { GCSAT_WEBHOOK_HEADER: 'hidden-one' }, 'bad_configuration'],
    ['a header with a line break', { GCSAT_WEBHOOK_HEADER: 'X: hidden-one\r\nY: z' }, 'bad_configuration'],
  ])('%s is refused, and not repeated', async (_what, env, code) => {
    const error: unknown = await environmentWebhookCredentials(env).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'configuration', code });
    expect(String(error)).not.toContain('hidden-one');
  });

  test('short ones are weak', () => {
    expect(isWeak({ basic: [{ user: 'gcsat', password: 'a'.repeat(15) }], headers: [] })).toBe(true);
    expect(isWeak({ basic: [{ user: 'gcsat', password: 'a'.repeat(16) }], headers: [] })).toBe(false);
    expect(isWeak({ basic: [], headers: [{ name: 'X-Token', value: 'short' }] })).toBe(true);
  });
});

describe('all that is accepted now', () => {
  test('is nothing where nothing is set', async () => {
    expect(await reader()()).toEqual(none);
  });

  test('is of the environment and of the profile, with its previous ones', async () => {
    await save({
      id: 'w1',
      url,
      secret: { user: 'gcsat', password: 'new-one' },
      previous: [{ user: 'gcsat', password: 'old-one' }],
    });
    expect(await reader({ GCSAT_WEBHOOK_PASSWORD: 'given-one' })()).toEqual({
      basic: [
        { user: 'gcsat', password: 'given-one' },
        { user: 'gcsat', password: 'new-one' },
        { user: 'gcsat', password: 'old-one' },
      ],
      headers: [],
    });
  });

  test('while a header takes the place of a password, either is enough', async () => {
    const header = { GCSAT_WEBHOOK_HEADER: 'X-Token: a-long-secret' };
    const headers = [{ name: 'X-Token', value: 'a-long-secret' }];
    await save({ id: 'w1', url, previous: [{ user: 'gcsat', password: 'old-one' }] });
    const old = { user: 'gcsat', password: 'old-one' };
    expect(await reader(header)()).toEqual({ basic: [], headers, basicAlone: [old] });
    const given = { user: 'gcsat', password: 'given-before' };
    expect(await reader({ ...header, GCSAT_WEBHOOK_PREVIOUS_PASSWORD: 'given-before' })()).toEqual({
      basic: [],
      headers,
      basicAlone: [given, old],
    });
  });

  test('a password beside a header is asked for with it, also the previous one', async () => {
    const { basic, basicAlone } = await environmentWebhookCredentials({
      GCSAT_WEBHOOK_HEADER: 'X-Token: a-long-secret',
      GCSAT_WEBHOOK_PASSWORD: 'new-password',
      GCSAT_WEBHOOK_PREVIOUS_PASSWORD: 'old-password',
    });
    expect(basic.map(({ password }) => password)).toEqual(['new-password', 'old-password']);
    expect(basicAlone).toBeUndefined();
  });

  test('is seen at the next call when the profile or a file of a secret changes', async () => {
    const file = join(folder, 'secret');
    writeFileSync(file, 'first-password');
    const credentials = reader({ GCSAT_WEBHOOK_PASSWORD_FILE: file });
    const before = await credentials();
    expect(await credentials()).toBe(before);
    await save({ id: null, url, secret: { user: 'gcsat', password: 'made-up' } });
    expect((await credentials()).basic.map(({ password }) => password)).toEqual([
      'first-password',
      'made-up',
    ]);
    writeFileSync(file, 'second-password');
    expect((await credentials()).basic.map(({ password }) => password)).toEqual([
      'second-password',
      'made-up',
    ]);
  });

  test('is not of a profile that belongs to another organisation', async () => {
    await save({ id: 'w1', url, secret: { user: 'gcsat', password: 'of-acme' } });
    expect(await reader({}, 'https://other.gladly.com')()).toEqual(none);
  });

  test('is not guessed from a profile that is damaged', async () => {
    writeFileSync(join(folder, 'config.json'), '{"profiles":{"default":{"webhook":{"url":5}}}}');
    await expect(reader()()).rejects.toMatchObject({ code: 'configuration_unreadable' });
  });

  test.each<[string, (file: string) => void]>([
    ['missing', (file) => rmSync(file)],
    ['empty', (file) => writeFileSync(file, '')],
    ['broken', (file) => writeFileSync(file, '{"profiles":{"default":{"web')],
    ['without any profile', (file) => writeFileSync(file, '{}')],
    ['damaged', (file) => writeFileSync(file, '{"profiles":{"default":{"webhook":{"url":5}}}}')],
  ])('stays good while the file is %s, which is said once', async (_, harm) => {
    const secret = { user: 'gcsat', password: 'made-up' };
    await save({ id: null, url, secret });
    const credentials = reader();
    const before = await credentials();
    harm(join(folder, 'config.json'));
    const said: string[] = [];
    const ask = () => credentials(({ code }) => void said.push(code));
    expect([await ask(), await ask()]).toEqual([before, before]);
    expect(said).toEqual(['configuration_unreadable']);
    rmSync(join(folder, 'config.json'), { force: true });
    await save({ id: null, url, secret: { user: 'gcsat', password: 'another' } });
    expect((await ask()).basic).toEqual([{ user: 'gcsat', password: 'another' }]);
    expect(said).toHaveLength(1);
    rmSync(join(folder, 'config.json'));
    expect((await ask()).basic).toEqual([{ user: 'gcsat', password: 'another' }]);
    expect(said).toHaveLength(2);
  });

  test('is withdrawn with its profile, and stays good while the file of a secret is missing', async () => {
    const file = join(folder, 'secret');
    writeFileSync(file, 'first-password');
    await save({ id: null, url, secret: { user: 'gcsat', password: 'made-up' } });
    const credentials = reader({ GCSAT_WEBHOOK_PASSWORD_FILE: file });
    expect((await credentials()).basic).toHaveLength(2);
    await saveProfile(folder, 'default', { values: {}, policy: {} });
    expect((await credentials()).basic).toEqual([{ user: 'gcsat', password: 'first-password' }]);
    rmSync(file);
    expect((await credentials()).basic).toEqual([{ user: 'gcsat', password: 'first-password' }]);
  });
});
