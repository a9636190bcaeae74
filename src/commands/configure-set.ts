import { readValue } from '../config/invalid-value.ts';
import {
  formatPolicyValue,
  isPolicyKey,
  parsePolicyValue,
  policyKeys,
  policyTakesEmpty,
  type PolicyKey,
} from '../config/policy.ts';
import {
  checkProfileValue,
  isProfileKey,
  parseLogo,
  parseTemplate,
  profileKeys,
  type ProfileKey,
} from '../config/profile-values.ts';
import { changeProfile, type StoredProfile } from '../config/profiles.ts';
import { chosenProfile } from '../config/resolve.ts';
import { readSecret } from '../config/token-input.ts';
import { defaultPolicy } from '../domain/eligibility/policy.ts';
import { Failure } from '../failure.ts';
import { registerSecret } from '../terminal/redact.ts';
import { suggest } from '../terminal/suggest.ts';
import { isSet } from './configure-show.ts';
import { passwordOf, type CommandContext } from './context.ts';
import { refuseSandbox } from './refuse-sandbox.ts';

const emptyProfile: StoredProfile = { values: {}, policy: {} };

/** `gcsat configure set KEY=VALUE...`: all of them or none. */
export async function runConfigureSet(
  context: CommandContext,
  texts: readonly string[],
  dryRun: boolean,
): Promise<void> {
  const { output } = context;
  refuseSandbox(context);
  const { profile: name, configDir } = await chosenProfile(context);
  const assignments: Assignment[] = [];
  for (const text of texts) {
    const { key, value } = await readAssignment(text);
    if (key === 'logo' && value.trim() !== '') await checkLogo(value);
    assignments.push(assignmentOf(key, value));
  }
  if (!dryRun) {
    await changeProfile(configDir, name, (known) => assignments.reduce(assign, known ?? emptyProfile));
  }
  const set = Object.fromEntries(
    assignments.map(({ key, text }) => [key, key === 'smtpUrl' && text !== null ? isSet : text]),
  );
  const shown = (value: string | null): string =>
    value === '' ? output.paint.dim('none') : (value ?? output.paint.dim('default'));
  output.result({ profile: name, set, dryRun }, () =>
    [
      ...Object.entries(set).map(([key, value]) => `${key} = ${shown(value)}`),
      ...(dryRun ? ['', 'A dry run: nothing was saved.'] : []),
    ].join('\n'),
  );
  if (set['optOutTopics'] === '') {
    output.warn(
      'no topic keeps a conversation from being surveyed any more ' +
        `(the default is optOutTopics=${formatPolicyValue('optOutTopics', defaultPolicy)})`,
    );
  }
}

async function readAssignment(text: string): Promise<{ key: string; value: string }> {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new Failure('usage', 'bad_assignment', `'${text}' is not of the form KEY=VALUE`, {
      hint: 'write e.g. suppressionDays=14',
    });
  }
  const key = text.slice(0, at);
  const value = text.slice(at + 1);
  if (value === '-') {
    const hint = `pipe the value in, e.g. \`gcsat configure set ${key}=- < file\``;
    return { key, value: await readSecret(key, process.stdin, hint) };
  }
  if (key === 'smtpUrl' && /:\/\/[^/@]*:[^/]*@/.test(value)) {
    throw new Failure('usage', 'secret_in_arguments', 'smtpUrl holds a password, which others could see', {
      hint: 'pipe it in with smtpUrl=-, or use GCSAT_SMTP_URL or GCSAT_SMTP_URL_FILE',
    });
  }
  return { key, value };
}

/** What a setting shall be; null: its default. */
type Assignment =
  | { group: 'policy'; key: PolicyKey; text: string | null }
  | { group: 'values'; key: ProfileKey; text: string | null };

function assignmentOf(key: string, value: string): Assignment {
  const isEmpty = value.trim() === '';
  if (isPolicyKey(key)) {
    if (isEmpty && !policyTakesEmpty(key)) return { group: 'policy', key, text: null };
    const parsed = readValue('usage', key, (text) => parsePolicyValue(key, text), value);
    return { group: 'policy', key, text: formatPolicyValue(key, { ...defaultPolicy, [key]: parsed }) };
  }
  if (!isProfileKey(key)) throw unknownKey(key);
  if (isEmpty) return { group: 'values', key, text: null };
  readValue('usage', key, (text) => checkProfileValue(key, text), value);
  if (key === 'smtpUrl') registerSecret(passwordOf(value));
  // The file is looked for from wherever gcsat runs later.
  const text = key === 'template' ? parseTemplate(value) : key === 'logo' ? parseLogo(value) : value.trim();
  return { group: 'values', key, text };
}

function assign(profile: StoredProfile, { group, key, text }: Assignment): StoredProfile {
  const rest = Object.entries(profile[group]).filter(([other]) => other !== key);
  return { ...profile, [group]: Object.fromEntries(text === null ? rest : [...rest, [key, text]]) };
}

/** A picture that the survey page could not show is refused here, and not when the server starts. */
async function checkLogo(value: string): Promise<void> {
  const { readBrand } = await import('../server/pages/brand.ts');
  await readBrand({ color: null, logoFile: parseLogo(value) });
}

function unknownKey(key: string): Failure {
  const keys = [...policyKeys, ...profileKeys];
  const isAccount = ['domain', 'email', 'token'].includes(key);
  const near = suggest(key, keys);
  return new Failure('usage', 'unknown_key', `unknown setting '${key}'`, {
    hint: isAccount
      ? 'run `gcsat configure`, which checks it against Gladly first'
      : near === null
        ? `there are ${keys.join(', ')}`
        : `did you mean ${near}?`,
  });
}
