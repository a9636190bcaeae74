import { readValue } from '../../config/invalid-value.ts';
import { formatPolicyValue, parsePolicyValue, policyTakesEmpty } from '../../config/policy.ts';
import { checkProfileValue, parseLogo, parseTemplate } from '../../config/profile-values.ts';
import type { StoredProfile } from '../../config/profiles.ts';
import { urlSecrets } from '../../config/secrets.ts';
import {
  isPolicyKey,
  isProfileKey,
  policyKeys,
  profileKeys,
  type PolicyKey,
  type ProfileKey,
} from '../../config/setting-keys.ts';
import { readSecret } from '../../config/token-input.ts';
import { defaultPolicy } from '../../domain/eligibility/policy.ts';
import { Failure } from '../../failure.ts';
import { readBrand } from '../../server/pages/brand.ts';
import { registerSecret } from '../../terminal/redact.ts';
import { suggest } from '../../terminal/suggest.ts';
import { isSet } from './shown-settings.ts';

/** The new text of a setting; null restores its default. */
export type Assignment =
  | { readonly group: 'policy'; readonly key: PolicyKey; readonly text: string | null }
  | { readonly group: 'values'; readonly key: ProfileKey; readonly text: string | null };

/** @param given `KEY=VALUE`, or `KEY=-` for a value on stdin. @throws Failure kind usage */
export async function readAssignment(given: string): Promise<Assignment> {
  const { key, value } = await readKeyAndValue(given);
  const isEmpty = value.trim() === '';
  if (isPolicyKey(key)) {
    if (isEmpty && !policyTakesEmpty(key)) return { group: 'policy', key, text: null };
    const parsed = readValue('usage', key, (text) => parsePolicyValue(key, text), value);
    return { group: 'policy', key, text: formatPolicyValue(key, { ...defaultPolicy, [key]: parsed }) };
  }
  if (!isProfileKey(key)) throw unknownKey(key);
  if (isEmpty) return { group: 'values', key, text: null };
  readValue('usage', key, (text) => checkProfileValue(key, text), value);
  if (key === 'smtpUrl') urlSecrets(value).forEach(registerSecret);
  return { group: 'values', key, text: await storedText(key, value) };
}

async function readKeyAndValue(given: string): Promise<{ key: string; value: string }> {
  const at = given.indexOf('=');
  if (at < 1) {
    throw new Failure('usage', 'bad_assignment', `'${given}' is not of the form KEY=VALUE`, {
      hint: 'Write e.g. suppressionDays=14.',
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
  return { key, value };
}

/** Paths become absolute, since gcsat may run in another folder later. */
async function storedText(key: ProfileKey, value: string): Promise<string> {
  if (key === 'template') return parseTemplate(value);
  if (key !== 'logo') return value.trim();
  const logoFile = parseLogo(value);
  // Refuses a picture that the survey page cannot show now, and not when the server starts.
  await readBrand({ color: null, logoFile });
  return logoFile;
}

export function assign(profile: StoredProfile, { group, key, text }: Assignment): StoredProfile {
  const rest = Object.entries(profile[group]).filter(([other]) => other !== key);
  return { ...profile, [group]: Object.fromEntries(text === null ? rest : [...rest, [key, text]]) };
}

/** The text for output, without the password of the mail server. */
export function shownText({ key, text }: Assignment): string | null {
  return key === 'smtpUrl' && text !== null ? isSet : text;
}

function unknownKey(key: string): Failure {
  const keys = [...policyKeys, ...profileKeys];
  const isAccount = ['domain', 'email', 'token'].includes(key);
  const near = suggest(key, keys);
  return new Failure('usage', 'unknown_key', `unknown setting '${key}'`, {
    hint: isAccount
      ? 'Run `gcsat configure`, which checks it against Gladly first.'
      : near === null
        ? `Use one of ${keys.join(', ')}.`
        : `Did you mean ${near}?`,
  });
}
