import { nameKey } from '../domain/values/name-key.ts';
import { Failure } from '../failure.ts';
import {
  brandNamed,
  mannerOf,
  parseBrandName,
  parseBrandValue,
  parseInboxes,
  sharedInbox,
} from './brand-values.ts';
import type { LayerReader, OnInvalid } from './layers.ts';
import type { StoredBrand, StoredBrands } from './profiles.ts';
import { brandKeys, isBrandKey, type BrandKey, type BrandSetting } from './setting-keys.ts';
import type { BrandSettings } from './settings.ts';

/**
 * The brands of a profile, sorted by name. Its file may have been edited by hand, or written by another version.
 *
 * @param storedIn for messages: the profile and its file.
 * @throws Failure kind configuration, unless `onInvalid` is given
 */
export function resolveBrands(
  { parse }: Pick<LayerReader, 'parse'>,
  brands: StoredBrands = {},
  storedIn: string,
  onInvalid: OnInvalid | undefined,
): BrandSettings[] {
  const refuse = (name: string, failure: Failure): void => {
    if (onInvalid === undefined) throw failure;
    onInvalid(name, failure);
  };
  const resolved: BrandSettings[] = [];
  for (const [given, stored] of sortedByName(brands)) {
    const source = `brand ${given} of ${storedIn}`;
    const name = parse<string | null>(
      `brand ${given}`,
      { text: given, manner: 'sentence', origin: 'profile', source },
      parseBrandName,
      null,
    );
    if (name === null) continue;
    const other = brandNamed(
      resolved.map((brand) => brand.name),
      name,
    );
    if (other !== null) {
      refuse(
        `brand ${name}`,
        invalid(`${storedIn} has the brands '${other}' and '${name}', which are the same name`),
      );
      continue;
    }
    for (const key of Object.keys(stored)) {
      if (!isBrandKey(key)) refuse(`brand ${name} ${key}`, unknownKey(source, key));
    }
    resolved.push({ name, ...valuesOf(parse, name, stored, source) });
  }
  const shared = sharedInbox(resolved);
  if (shared !== null) {
    const [one, another] = shared.brands;
    const what = `${storedIn} has the inbox '${shared.inbox}' in the brands '${one}' and '${another}'`;
    refuse('brands', invalid(what, 'Remove it from one of them with `gcsat configure brand set`.'));
  }
  return resolved;
}

function valuesOf(
  parse: LayerReader['parse'],
  name: string,
  stored: StoredBrand,
  source: string,
): Pick<BrandSettings, 'inboxes' | 'own'> {
  const read = <Value>(key: BrandKey, parser: (text: string) => Value, fallback: Value): Value => {
    const text = Object.hasOwn(stored, key) ? stored[key] : undefined;
    if (text === undefined) return fallback;
    const given = { text, manner: mannerOf(key), origin: 'profile', source: `${key} of ${source}` } as const;
    return parse(`brand ${name} ${key}`, given, parser, fallback);
  };
  const own: Partial<Record<BrandSetting, string>> = {};
  for (const key of brandKeys) {
    if (key === 'inboxes') continue;
    const value = read<string | null>(key, (text) => parseBrandValue(key, text), null);
    if (value !== null) own[key] = value;
  }
  return { inboxes: read('inboxes', parseInboxes, []), own };
}

function unknownKey(source: string, key: string): Failure {
  return invalid(
    `${source} has the unknown setting '${key}'`,
    'Correct its spelling in the file, or remove it.',
  );
}

function invalid(message: string, hint = 'Correct the file, or remove one of them.'): Failure {
  return new Failure('configuration', 'bad_configuration', message, { hint });
}

function sortedByName(brands: StoredBrands): [string, StoredBrand][] {
  const byKey = ([one]: [string, StoredBrand], [other]: [string, StoredBrand]): number =>
    nameKey(one) < nameKey(other) ? -1 : 1;
  return Object.entries(brands).toSorted(byKey);
}
