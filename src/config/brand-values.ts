import { nameKey } from '../domain/values/name-key.ts';
import { list } from './codecs.ts';
import { fixedPath, givenText, type Manner } from './given-text.ts';
import { InvalidValue } from './invalid-value.ts';
import { formatPolicyValue, parsePolicyValue } from './policy.ts';
import { checkProfileValue, parseFrom, parsePublicUrl } from './profile-values.ts';
import { isPolicyKey, type BrandKey, type BrandSetting } from './setting-keys.ts';
import { defaultPolicy } from '../domain/eligibility/policy.ts';

const longestName = 64;

/**
 * A brand's name, which reports show and people type. It becomes part of file names. Any spelling of an existing
 * brand's name means that brand: see `brandNamed`.
 *
 * @throws InvalidValue
 */
export function parseBrandName(text: string): string {
  const name = text.trim().normalize('NFC');
  if (name.length <= longestName && /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ._-]*[\p{L}\p{M}\p{N}])?$/u.test(name))
    return name;
  throw new InvalidValue(
    `'${text}' is not a valid brand name`,
    `Use up to ${longestName} letters, digits, spaces, dots, hyphens and underscores. The first and the last must be a letter or a digit.`,
  );
}

/** The name that the text means in any spelling; null: none of them. */
export function brandNamed(names: readonly string[], text: string): string | null {
  return names.find((name) => nameKey(name) === nameKey(text)) ?? null;
}

/** How the key's text may be wrapped. */
export function mannerOf(key: BrandKey): Manner {
  return key === 'inboxes' || isPolicyKey(key) ? 'sentence' : 'setting';
}

/** Ids or names. @throws InvalidValue */
export function parseInboxes(text: string): readonly string[] {
  return list.parse(text);
}

/**
 * The value of a text in the profile, as it is used; null for an empty text, which sets nothing.
 *
 * @throws InvalidValue
 */
export function parseBrandValue(key: BrandSetting, text: string): string | null {
  if (text.trim() === '') return null;
  if (key === 'from') return parseFrom(text);
  if (key === 'publicUrl') return parsePublicUrl(text);
  if (key === 'logo' || key === 'template') return fixedPath(text);
  const value = parsePolicyValue(key, text);
  return value === '' ? null : value;
}

/** The text that the profile stores for what was typed. Paths stay as typed. @throws InvalidValue */
export function typedBrandValue(key: BrandKey, typed: string): string {
  const text = givenText(typed, mannerOf(key));
  if (key === 'inboxes') return list.format(list.parse(text));
  if (text === '') return text;
  if (isPolicyKey(key))
    return formatPolicyValue(key, { ...defaultPolicy, [key]: parsePolicyValue(key, text) });
  checkProfileValue(key, text);
  return text;
}

/** An inbox that two brands claim; null: there is none. */
export function sharedInbox(
  brands: readonly { name: string; inboxes: readonly string[] }[],
): { inbox: string; brands: readonly [string, string] } | null {
  const taken = new Map<string, string>();
  for (const { name, inboxes } of brands) {
    for (const inbox of inboxes) {
      const other = taken.get(nameKey(inbox));
      if (other !== undefined && other !== name) return { inbox, brands: [other, name] };
      taken.set(nameKey(inbox), name);
    }
  }
  return null;
}
