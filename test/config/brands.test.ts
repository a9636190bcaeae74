import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settingsFor } from '../../src/config/brand-settings.ts';
import { parseBrandName } from '../../src/config/brand-values.ts';
import { InvalidValue } from '../../src/config/invalid-value.ts';
import {
  changeProfile,
  readProfiles,
  type StoredBrands,
  type StoredProfile,
} from '../../src/config/profiles.ts';
import { resolveSettings } from '../../src/config/resolve.ts';
import type { Settings } from '../../src/config/settings.ts';
import { Failure } from '../../src/failure.ts';
import { saveProfile } from './save-profile.ts';

let folder: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gcsat-brands-'));
  env = { GCSAT_CONFIG_DIR: folder, GCSAT_DATA_DIR: join(folder, 'data') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Resolved = Awaited<ReturnType<typeof resolveSettings>>;

async function resolved(
  brands: StoredBrands | undefined,
  more: Partial<StoredProfile> = {},
): Promise<Resolved> {
  const profile = { values: {}, policy: {}, ...more, ...(brands === undefined ? {} : { brands }) };
  await saveProfile(folder, 'default', profile);
  return resolveSettings({ flags: {}, env });
}

function of(settings: Resolved, name: string): Pick<Settings, 'brand' | 'from' | 'policy' | 'publicUrl'> {
  const found = settingsFor(settings, name);
  if (found === null) throw new Error(`there is no brand ${name}`);
  return found;
}

describe('a profile', () => {
  test('without brands, as all were before there were any, is as it was', async () => {
    const settings = await resolved(undefined);
    expect(settings.brands).toEqual([]);
    expect(settingsFor(settings, null)).toBe(settings);
    expect(settingsFor(settings, 'gone')).toBeNull();
  });

  test('gives a brand what it does not say itself', async () => {
    const settings = await resolved(
      { nordwind: { inboxes: ' Support , Returns,Support', from: 'care@nordwind.example' } },
      {
        values: { from: 'Acme <care@acme.com>', publicUrl: 'https://csat.acme.com', logo: '/srv/acme.png' },
        policy: { companyName: 'Acme', brandColor: '#0b6e4f', thanksText: 'Thank you from Acme.' },
      },
    );
    expect(settings.brands).toEqual([
      { name: 'nordwind', inboxes: ['Support', 'Returns'], own: { from: 'care@nordwind.example' } },
    ]);
    expect(of(settings, 'nordwind')).toMatchObject({
      from: 'care@nordwind.example',
      publicUrl: 'https://csat.acme.com',
      brand: { color: '#0b6e4f', logoFile: '/srv/acme.png', texts: { thanks: 'Thank you from Acme.' } },
      policy: { companyName: 'Acme' },
    });
  });

  test('gives nothing that shows its own name to a brand of another name', async () => {
    const settings = await resolved(
      { nordwind: { companyName: 'Nordwind', resolvedText: 'Is it mended?' } },
      {
        values: { from: 'Acme <care@acme.com>', logo: '/srv/acme.png' },
        policy: { companyName: 'Acme', brandColor: '#0b6e4f', thanksText: 'Thank you from Acme.' },
      },
    );
    expect(of(settings, 'nordwind')).toMatchObject({
      from: 'care@acme.com',
      brand: {
        color: '#0b6e4f',
        logoFile: null,
        texts: { language: 'en', resolved: 'Is it mended?', thanks: null },
      },
      policy: { companyName: 'Nordwind', thanksText: null, resolvedText: 'Is it mended?' },
    });
    expect(settings.policy).toMatchObject({ companyName: 'Acme', thanksText: 'Thank you from Acme.' });
  });

  test('gives no sentence to a brand of another language', async () => {
    const settings = await resolved({ sur: { language: 'es' } }, { policy: { commentText: 'Say more' } });
    expect(of(settings, 'sur').brand.texts).toMatchObject({ language: 'es', comment: null });
  });

  test('has the variables of the environment below what a brand says, and above what it does not', async () => {
    env = { ...env, GCSAT_FROM: 'variable@acme.com', GCSAT_PUBLIC_URL: 'https://variable.acme.com' };
    const settings = await resolved({ one: { from: 'one@acme.com' }, two: {} });
    expect(of(settings, 'one')).toMatchObject({
      from: 'one@acme.com',
      publicUrl: 'https://variable.acme.com',
    });
    expect(of(settings, 'two').from).toBe('variable@acme.com');
  });
});

describe('the file that somebody edited', () => {
  test.each([
    ['an unknown key, perhaps of a newer version', { a: { colour: 'red' } }, "unknown setting 'colour'"],
    ['a color that is none', { a: { brandColor: 'red' } }, 'brandColor of brand a'],
    ['an address that is none', { a: { publicUrl: 'csat.acme.com' } }, 'publicUrl of brand a'],
    ['a relative path', { a: { logo: 'logo.png' } }, 'logo of brand a'],
    ['a language that is none', { a: { language: 'klingon?' } }, 'language of brand a'],
    ['a name with a line break', { 'a\nb': {} }, 'brand a\nb'],
    ['a name that leaves its folder', { '../a': {} }, 'is not a valid brand name'],
    ['an empty name', { '': {} }, 'is not a valid brand name'],
    ['one name twice', { nordwind: {}, NORDWIND: {} }, 'which are the same name'],
    ['one inbox in two brands', { a: { inboxes: 'x,Support' }, b: { inboxes: 'ＳＵＰＰＯＲＴ' } }, "inbox '"],
  ])('%s is an error that names the place, and is known to what shows settings', async (_, brands, said) => {
    const error = await resolved(brands as StoredBrands).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Failure);
    expect(error).toMatchObject({ kind: 'configuration', code: 'bad_configuration' });
    expect((error as Failure).message).toContain(said);
    const problems: string[] = [];
    await resolveSettings({ flags: {}, env, onInvalid: (_name, { message }) => problems.push(message) });
    expect(problems.join('\n')).toContain(said);
  });

  test.each([['a list'], [[1, 2]], [{ a: 'text' }], [{ a: { inboxes: ['x'] } }], [{ a: null }]])(
    'with %j for brands cannot be used, and stays as it is',
    async (brands) => {
      const text = JSON.stringify({ profiles: { default: { values: {}, policy: {}, brands } } });
      writeFileSync(join(folder, 'config.json'), text);
      await expect(readProfiles(folder)).rejects.toMatchObject({ code: 'configuration_unreadable' });
      await expect(changeProfile(folder, 'default', (known) => known ?? null)).rejects.toBeInstanceOf(
        Failure,
      );
      expect(readFileSync(join(folder, 'config.json'), 'utf8')).toBe(text);
    },
  );

  test('keeps what a newer version wrote into a brand', async () => {
    await saveProfile(folder, 'default', { values: {}, policy: {}, brands: { a: { tone: 'warm' } } });
    await changeProfile(folder, 'default', (known) => ({ ...known!, policy: { sample: '50' } }));
    expect((await readProfiles(folder)).get('default')?.brands).toEqual({ a: { tone: 'warm' } });
  });
});

describe('a name of a brand', () => {
  test.each(['Nordwind', 'nord_wind-2', 'Süd & Co'.replace(' & ', ' '), '北風', 'A', 'a.b'])(
    '%s is one',
    (name) => {
      expect(parseBrandName(` ${name} `)).toBe(name);
    },
  );

  test.each([
    '',
    ' ',
    '.',
    '..',
    'a/b',
    'a\\b',
    '-a',
    'a.',
    "a'b",
    'a`b',
    'x'.repeat(65),
    '__proto__',
    'a\u202eb',
  ])('%j is none', (name) => {
    expect(() => parseBrandName(name)).toThrow(InvalidValue);
  });
});
