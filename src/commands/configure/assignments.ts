import { givenText, type Manner } from '../../config/given-text.ts';
import { readValue } from '../../config/invalid-value.ts';
import { formatPolicyValue, parsePolicyValue, policyTakesEmpty } from '../../config/policy.ts';
import { checkProfileValue, parseLogo, parseTemplate } from '../../config/profile-values.ts';
import type { StoredProfile } from '../../config/profiles.ts';
import { alertSecrets, urlSecrets } from '../../config/secrets.ts';
import {
  isPolicyKey,
  isProfileKey,
  secretKeys,
  type PolicyKey,
  type ProfileKey,
} from '../../config/setting-keys.ts';
import { readSecret } from '../../config/token-input.ts';
import { defaultPolicy } from '../../domain/eligibility/policy.ts';
import { Failure } from '../../failure.ts';
import { checkValue } from '../../workflow/checks/check-value.ts';
import { registerSecret } from '../../terminal/redact.ts';
import { isSet, unknownKey } from './setting-names.ts';

/** The new text of a setting; null restores its default. */
export type Assignment =
  | { readonly group: 'policy'; readonly key: PolicyKey; readonly text: string | null }
  | { readonly group: 'values'; readonly key: ProfileKey; readonly text: string | null };

/** @param given `KEY=VALUE`, or `KEY=-` for a value on stdin. @throws Failure kind usage */
export async function readAssignment(given: string): Promise<Assignment> {
  const { key, value: raw } = await readKeyAndValue(given);
  const manner: Manner = isProfileKey(key) ? 'setting' : 'sentence';
  const read = isFormKey(key) ? givenLines : (text: string) => givenText(text, manner);
  const value = readValue('usage', key, read, raw);
  const isEmpty = value === '';
  if (isPolicyKey(key)) {
    if (isEmpty && !policyTakesEmpty(key)) return { group: 'policy', key, text: null };
    const parsed = readValue('usage', key, (text) => parsePolicyValue(key, text), value);
    const text = formatPolicyValue(key, { ...defaultPolicy, [key]: parsed });
    await checkValue(key, text);
    return { group: 'policy', key, text };
  }
  if (!isProfileKey(key)) throw unknownKey(key);
  if (isEmpty) return { group: 'values', key, text: null };
  readValue('usage', key, (text) => checkProfileValue(key, text), value);
  if (key === 'smtpUrl') urlSecrets(value).forEach(registerSecret);
  if (key === 'alertUrl') alertSecrets({ url: value, secret: null }).forEach(registerSecret);
  if (key === 'alertSecret') alertSecrets({ url: null, secret: value }).forEach(registerSecret);
  if (key === 'medalliaApiKey' || key === 'medalliaApiSecret') registerSecret(value);
  const text = storedText(key, value);
  await checkValue(key, text);
  return { group: 'values', key, text };
}

/** The keys whose values may be long: they come from files, which have lines. */
function isFormKey(key: string): boolean {
  return key === 'reasons' || key === 'question';
}

function givenLines(text: string): string {
  const lines = text.split(/\r\n?|\n/).map((line) => givenText(line.replaceAll('\t', ' '), 'sentence'));
  return lines.filter((line) => line !== '').join('\n');
}

/** Reads the value from stdin if it is `-`. @throws Failure kind usage, also for a secret on the command line */
export async function readKeyAndValue(
  given: string,
  example = 'suppressionDays=14',
): Promise<{ key: string; value: string }> {
  const at = given.indexOf('=');
  if (at < 1) {
    throw new Failure('usage', 'bad_assignment', `'${given}' is not of the form KEY=VALUE`, {
      hint: `Write e.g. ${example}.`,
    });
  }
  const key = given.slice(0, at);
  const value = given.slice(at + 1);
  if (value === '-') {
    const hint = `Pipe the value in, e.g. \`gcsat configure set ${key}=- < file\`.`;
    return { key, value: await readSecret(key, process.stdin, hint) };
  }
  if (key === 'smtpUrl' && /:\/\/[^/@]*:[^/]*@/.test(value)) {
    throw new Failure('usage', 'secret_in_arguments', 'smtpUrl holds a password, which others could see', {
      hint: 'Pipe it in with smtpUrl=-, or use GCSAT_SMTP_URL or GCSAT_SMTP_URL_FILE.',
    });
  }
  const variable = isKey(key, value) ? variableOf.get(key) : undefined;
  if (variable !== undefined && value.trim() !== '') {
    throw new Failure('usage', 'secret_in_arguments', `${key} is a secret, which others could see`, {
      hint: `Pipe it in with ${key}=-, or use ${variable} or ${variable}_FILE.`,
    });
  }
  return { key, value };
}

const variableOf: ReadonlyMap<string, string> = new Map([
  ['alertSecret', 'GCSAT_ALERT_SECRET'],
  ['alertUrl', 'GCSAT_ALERT_URL'],
  ['medalliaApiKey', 'GCSAT_MEDALLIA_API_KEY'],
  ['medalliaApiSecret', 'GCSAT_MEDALLIA_API_SECRET'],
]);

/** A Slack URL is as good as a password; other URLs need not be secret. */
function isKey(key: string, value: string): boolean {
  return key !== 'alertUrl' || /\bslack\.com\b/i.test(value);
}

/** Makes paths absolute, since gcsat may run in another folder later. */
function storedText(key: ProfileKey, value: string): string {
  if (key === 'template' || key === 'medalliaEmployees') return parseTemplate(value);
  return key === 'logo' ? parseLogo(value) : value;
}

/** Accepts a key that this version does not know if the profile has it. @throws Failure `unknown_key` */
export function removalOf(key: string, { values, policy }: StoredProfile): Assignment {
  if (isPolicyKey(key) || Object.hasOwn(policy, key)) {
    return { group: 'policy', key: key as PolicyKey, text: null };
  }
  if (isProfileKey(key) || Object.hasOwn(values, key)) {
    return { group: 'values', key: key as ProfileKey, text: null };
  }
  throw unknownKey(key);
}

export function assign(profile: StoredProfile, { group, key, text }: Assignment): StoredProfile {
  const rest = Object.entries(profile[group]).filter(([other]) => other !== key);
  return { ...profile, [group]: Object.fromEntries(text === null ? rest : [...rest, [key, text]]) };
}

/** The text for output; a secret shows only that it is set. */
export function shownText({ key, text }: Assignment): string | null {
  return secretKeys.includes(key) && text !== null ? isSet : text;
}
