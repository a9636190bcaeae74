import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configFile } from '../../src/config/config-file.ts';
import { changeProfile, readProfiles, removeProfile } from '../../src/config/profiles.ts';
import { saveProfile } from './save-profile.ts';

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

const endedProcess = (): number => spawnSync('true').pid;

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

  test('a byte order mark before them is not part of them', async () => {
    write(`\uFEFF${JSON.stringify({ profiles: { a: profile('https://a.gladly.com') } })}\r\n`);
    expect((await readProfiles(folder)).get('a')).toEqual(profile('https://a.gladly.com'));
    await saveProfile(folder, 'b', profile('https://b.gladly.com'));
    expect([...(await readProfiles(folder)).keys()]).toEqual(['a', 'b']);
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

  test('of changes at once none is lost, and no lock stays', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    await Promise.all(names.map((name) => saveProfile(folder, name, profile(`https://${name}.gladly.com`))));
    expect([...(await readProfiles(folder)).keys()].sort()).toEqual(names.sort());
    await Promise.all(
      names.map((name) =>
        changeProfile(folder, 'p0', (known) => ({ ...known!, values: { ...known!.values, [name]: name } })),
      ),
    );
    expect(Object.keys((await readProfiles(folder)).get('p0')!.values).sort()).toEqual(names);
    expect(readdirSync(folder)).toEqual(['config.json']);
  });

  test.each([
    ['of a process that has ended', () => `${hostname()} ${endedProcess()} 1`, 0],
    ['of another host, that is old', () => 'elsewhere 1 1', 60],
    ['that is cut, and old', () => '', 60],
  ])('a lock %s locks nobody out', async (_whose, content, ageSeconds) => {
    mkdirSync(folder, { recursive: true });
    const lock = `${configFile(folder)}.lock`;
    writeFileSync(lock, content());
    const madeAt = Date.now() / 1000 - ageSeconds;
    utimesSync(lock, madeAt, madeAt);
    await Promise.all(['a', 'b'].map((name) => saveProfile(folder, name, profile('https://a.gladly.com'))));
    expect([...(await readProfiles(folder)).keys()].sort()).toEqual(['a', 'b']);
    expect(readdirSync(folder)).toEqual(['config.json']);
  });

  test('a lock of a process that runs is waited for', async () => {
    mkdirSync(folder, { recursive: true });
    const lock = `${configFile(folder)}.lock`;
    writeFileSync(lock, `${hostname()} ${process.pid} 1`);
    let saved = false;
    const saving = saveProfile(folder, 'a', profile('https://a.gladly.com')).then(() => (saved = true));
    await sleep(200);
    expect(saved).toBe(false);
    unlinkSync(lock);
    await saving;
    expect([...(await readProfiles(folder)).keys()]).toEqual(['a']);
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
