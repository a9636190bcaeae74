import {
  brandNamed,
  mannerOf,
  parseBrandName,
  parseInboxes,
  sharedInbox,
  typedBrandValue,
} from '../../../config/brand-values.ts';
import { givenText } from '../../../config/given-text.ts';
import { readValue } from '../../../config/invalid-value.ts';
import { parseLogo, parseTemplate } from '../../../config/profile-values.ts';
import {
  changeProfile,
  readProfiles,
  type StoredBrand,
  type StoredProfile,
} from '../../../config/profiles.ts';
import { chosenProfile } from '../../../config/resolve-account.ts';
import { brandKeys, isBrandKey } from '../../../config/setting-keys.ts';
import { Failure } from '../../../failure.ts';
import { checkSenderOf, checkValue } from '../../../workflow/checks/check-value.ts';
import { readKeyAndValue } from '../assignments.ts';
import type { CommandContext } from '../../program/context.ts';
import { refuseSandbox } from '../../program/refuse-sandbox.ts';
import { unknownKey } from '../setting-names.ts';
import { warnOfInboxes } from './warn-of-inboxes.ts';

/** The new text of a brand's setting; null lets the profile's value apply again. */
type BrandAssignment = readonly [key: string, text: string | null];

/** Sets all of the given values of a brand, or none of them. @throws Failure kind usage or configuration */
export async function setBrand(
  context: CommandContext,
  typedName: string,
  texts: readonly string[],
  dryRun: boolean,
): Promise<void> {
  refuseSandbox(context);
  const { output } = context;
  const typed = readValue('usage', 'the name', parseBrandName, typedName);
  const assignments: BrandAssignment[] = [];
  for (const text of texts) assignments.push(await readBrandAssignment(text));
  const { profile, configDir } = await chosenProfile(context);
  let saved: StoredProfile = { values: {}, policy: {} };
  let name = typed;
  let isNew = false;
  const edit = (known: StoredProfile = saved): StoredProfile => {
    const { brands = {} } = known;
    const before = brandNamed(Object.keys(brands), typed);
    isNew = before === null;
    name = before ?? typed;
    saved = { ...known, brands: { ...brands, [name]: assigned(brands[name] ?? {}, assignments) } };
    refuseSharedInbox(saved);
    checkSenderOfBrand(saved, saved.brands?.[name] ?? {});
    return saved;
  };
  if (dryRun) edit((await readProfiles(configDir)).get(profile));
  else await changeProfile(configDir, profile, edit);
  const set = Object.fromEntries(assignments);
  output.result({ profile, brand: name, isNew, set, dryRun }, () =>
    [
      `Brand ${name}${isNew ? (dryRun ? ' would be new' : ' is new') : ''}`,
      ...assignments.map(
        ([key, text]) => `${key}${dryRun ? ' would be' : ' ='} ${text ?? output.paint.dim("the profile's")}`,
      ),
      ...(dryRun ? ['', 'A dry run: nothing was saved.'] : []),
    ].join('\n'),
  );
  const inboxes = inboxesOf(saved.brands?.[name] ?? {});
  if (inboxes.length === 0) {
    output.warn(`no closing gets the brand ${name} until it has inboxes`);
  } else if (set['inboxes'] !== undefined) {
    await warnOfInboxes(context, saved, name);
  }
}

/** @param given `KEY=VALUE`, or `KEY=-` for a value on stdin */
async function readBrandAssignment(given: string): Promise<BrandAssignment> {
  const { key, value: raw } = await readKeyAndValue(given, `inboxes='Support,Returns'`);
  // A key left by another version can only be removed.
  if (!isBrandKey(key)) {
    if (raw.trim() === '') return [key, null];
    throw unknownKey(key, brandKeys);
  }
  if (readValue('usage', key, (text) => givenText(text, mannerOf(key)), raw) === '') return [key, null];
  const value = readValue('usage', key, (text) => typedBrandValue(key, text), raw);
  if (value === '') return [key, null];
  const text = key === 'logo' ? parseLogo(value) : key === 'template' ? parseTemplate(value) : value;
  if (key !== 'inboxes') await checkValue(key, text);
  return [key, text];
}

function assigned(before: StoredBrand, assignments: readonly BrandAssignment[]): StoredBrand {
  const texts = new Map(Object.entries(before));
  for (const [key, text] of assignments) {
    if (!isBrandKey(key) && !texts.has(key)) throw unknownKey(key, brandKeys);
    if (text === null) texts.delete(key);
    else texts.set(key, text);
  }
  return Object.fromEntries(texts);
}

function inboxesOf(brand: StoredBrand): readonly string[] {
  return parseInboxes(brand['inboxes'] ?? '');
}

function refuseSharedInbox({ brands = {} }: StoredProfile): void {
  const shared = sharedInbox(
    Object.entries(brands).map(([name, brand]) => ({ name, inboxes: inboxesOf(brand) })),
  );
  if (shared === null) return;
  const [one, another] = shared.brands;
  throw new Failure(
    'usage',
    'inbox_of_two_brands',
    `the inbox '${shared.inbox}' would belong to the brands '${one}' and '${another}'`,
    { hint: 'Remove it from one of them first: an inbox can belong to only one brand.' },
  );
}

function checkSenderOfBrand({ values }: StoredProfile, { from }: StoredBrand): void {
  if (from === undefined) return;
  const { delivery } = values;
  checkSenderOf({ values: { from, ...(delivery === undefined ? {} : { delivery }) } });
}
