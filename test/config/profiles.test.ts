import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configFile, readProfiles, removeProfile, saveProfile } from '../../src/config/profiles.ts';

let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'gcsat-profiles-')), 'config');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const profile = (domain: string) => ({
  domain,
  email: 'api@acme.com',
  token: 'secret',
  values: {},
  policy: {},
});
const mode = (path: string): number => statSync(path).mode & 0o777;

function write(text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(configFile(folder), text);
}

describe('profiles', () => {
  test('no file, no profiles, and reading makes none', async () => {
    expect((await readProfiles(folder)).size).toBe(0);
    expect(() => statSync(folder)).toThrow(/ENOENT/);
  });

  test('are kept beside each other, for their owner alone', async () => {
    await saveProfile(folder, 'default', profile('https://a.gladly.com'));
    await saveProfile(folder, 'acme.eu', profile('https://b.gladly.com'));
    await saveProfile(folder, 'default', { ...profile('https://c.gladly.com'), policy: { sample: '50' } });
    const profiles = await readProfiles(folder);
    expect([...profiles.keys()]).toEqual(['default', 'acme.eu']);
    expect(profiles.get('acme.eu')).toEqual(profile('https://b.gladly.com'));
    expect(profiles.get('default')).toMatchObject({
      domain: 'https://c.gladly.com',
      policy: { sample: '50' },
    });
    expect(mode(folder)).toBe(0o700);
    expect(mode(configFile(folder))).toBe(0o600);
  });

  test('what this version does not know is kept, in all of them', async () => {
    write('{"profiles":{"a":{"later":{"key":[1]},"values":{}},"b":{"other":true}}}');
    await saveProfile(folder, 'a', profile('https://a.gladly.com'));
    const { profiles } = JSON.parse(readFileSync(configFile(folder), 'utf8'));
    expect(profiles).toMatchObject({
      a: { later: { key: [1] }, domain: 'https://a.gladly.com' },
      b: { other: true },
    });
  });

  test('a webhook is kept with its secrets', async () => {
    const webhook = {
      id: null,
      url: 'https://csat.example.com/webhooks/gladly',
      secret: { user: 'gcsat', password: 'one' },
      previous: [{ user: 'gcsat', password: 'two' }],
      unconfirmed: true,
    };
    await saveProfile(folder, 'a', { ...profile('https://a.gladly.com'), webhook });
    expect((await readProfiles(folder)).get('a')).toEqual({ ...profile('https://a.gladly.com'), webhook });
  });

  test('can be removed', async () => {
    await saveProfile(folder, 'a', profile('https://a.gladly.com'));
    await saveProfile(folder, 'b', profile('https://b.gladly.com'));
    await removeProfile(folder, 'a');
    expect([...(await readProfiles(folder)).keys()]).toEqual(['b']);
  });

  test.each([
    '{"profiles": {"default": {"token": "hidden-token"',
    'hidden-token',
    '',
    '{"profiles": []}',
    '{"profiles": {"default": "hidden-token"}}',
    '{"profiles": {"default": {"token": 5}}}',
    '{"profiles": {"default": {"values": {"timeout": {}}}}}',
    '[]',
    'null',
    '"hidden-token"',
  ])('a file with %j is refused, named, not shown and not touched', async (text) => {
    write(text);
    for (const use of [
      () => readProfiles(folder),
      () => saveProfile(folder, 'other', profile('https://a.gladly.com')),
      () => removeProfile(folder, 'default'),
    ]) {
      const failure = await use().then(
        () => null,
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ kind: 'configuration', code: 'configuration_unreadable' });
      expect(String(failure)).toContain(configFile(folder));
      expect(JSON.stringify(failure) + String(failure)).not.toContain('hidden-token');
      expect(readFileSync(configFile(folder), 'utf8')).toBe(text);
    }
  });

  test('a number written by hand is as good as its text', async () => {
    write('{"profiles": {"default": {"values": {"timeout": 5}, "policy": {"sample": 50}}}}');
    expect((await readProfiles(folder)).get('default')).toEqual({
      values: { timeout: '5' },
      policy: { sample: '50' },
    });
  });
});
