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
import {
  changeProfile,
  configFile,
  readProfiles,
  removeProfile,
  type Profiles,
  type StoredProfile,
} from '../config/profiles.ts';
import { chosenProfile, resolveSettings, type ResolvedSettings } from '../config/resolve.ts';
import type { SettingOrigin } from '../config/settings.ts';
import { surveySecretPlace } from '../config/survey-secret.ts';
import { readSecret } from '../config/token-input.ts';
import { environmentWebhookCredentials, type WebhookCredentials } from '../config/webhook-credentials.ts';
import { defaultPolicy } from '../domain/policy.ts';
import { Failure } from '../failure.ts';
import { registerSecret } from '../terminal/redact.ts';
import { suggest } from '../terminal/suggest.ts';
import { table } from '../terminal/table.ts';
import { passwordOf, wantsSandbox, type CommandContext } from './context.ts';
import { refuseSandbox } from './refuse-sandbox.ts';

/** What stands for a secret that is there. */
const isSet = 'set';

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

interface Shown {
  value: string | null;
  origin: SettingOrigin;
  /** What is wrong with what stands there; commands that need the settings end with it. */
  problem?: string;
}

/** `gcsat configure show`: every setting with its origin; of a secret only whether it is there. */
export async function runConfigureShow(context: CommandContext): Promise<void> {
  const { output } = context;
  const invalid = new Map<string, Failure>();
  const resolved = await currentProfile(context, invalid);
  const credentials = await resolved.webhookCredentials();
  const fromEnvironment = hasAny(await environmentWebhookCredentials(context.env));
  if (hasAny(credentials)) {
    resolved.origins['webhookCredentials'] = fromEnvironment ? 'environment' : 'profile';
  }
  const key = surveySecretPlace(context.env, resolved.dataDir);
  const sandbox = wantsSandbox(context.flags, context.env);
  if (key.place === 'environment') resolved.origins['signingKey'] = 'environment';
  if (sandbox) resolved.origins['sandbox'] = context.flags.sandbox === true ? 'flag' : 'environment';
  const settings = shownSettings(
    resolved,
    {
      webhookCredentials: hasAny(credentials) ? isSet : null,
      signingKey: key.place === 'none' ? null : key.place === 'file' ? `${isSet}, in ${key.file}` : isSet,
      sandbox: sandbox ? 'yes' : 'no',
    },
    invalid,
  );
  const file = configFile(resolved.configDir);
  if (!resolved.profileExists) output.warn(`there is no profile '${resolved.profile}' in ${file} yet`);
  output.result({ profile: resolved.profile, file, settings }, () =>
    table(
      Object.entries(settings),
      [
        { title: 'SETTING', value: ([name]) => name },
        {
          title: 'VALUE',
          value: ([, { value, problem }]) => (problem === undefined ? (value ?? '-') : `invalid: ${problem}`),
          overflow: 'wrap',
        },
        { title: 'FROM', value: ([, { origin }]) => origin, paint: output.paint.dim },
      ],
      { width: output.columns, heading: output.paint.bold },
    ),
  );
}

function hasAny({ basic, headers }: WebhookCredentials): boolean {
  return basic.length > 0 || headers.length > 0;
}

function shownSettings(
  resolved: ResolvedSettings,
  others: Readonly<Record<'webhookCredentials' | 'signingKey' | 'sandbox', string | null>>,
  invalid: ReadonlyMap<string, Failure>,
): Record<string, Shown> {
  const secret = (value: string | null): string | null => (value === null ? null : isSet);
  const values: Record<string, string | null> = {
    profile: resolved.profile,
    domain: resolved.domain?.origin ?? null,
    allowHost: ['flag', 'environment', 'profile'].includes(resolved.origins['allowHost'] ?? '')
      ? 'yes'
      : 'no',
    email: resolved.email,
    token: secret(resolved.token),
    delivery: resolved.delivery,
    from: resolved.from,
    publicUrl: resolved.publicUrl,
    smtpUrl: secret(resolved.smtpUrl),
    template: resolved.templateFile,
    logo: resolved.brand.logoFile,
    trustProxy: resolved.trustedProxies.length === 0 ? null : resolved.trustedProxies.join(', '),
    ...others,
    ratePercent: String(resolved.ratePercent),
    timeout: String(resolved.timeoutMs / 1000),
    database: resolved.database,
    dataDir: resolved.dataDir,
    configDir: resolved.configDir,
  };
  for (const key of policyKeys) values[key] = formatPolicyValue(key, resolved.policy);
  const names = [...new Set([...Object.keys(values), ...invalid.keys()])];
  return Object.fromEntries(
    names.map((name) => {
      const origin = resolved.origins[name] ?? 'default';
      const problem = invalid.get(name)?.message;
      if (problem !== undefined) return [name, { value: null, origin, problem }];
      return [name, { value: values[name] ?? null, origin }];
    }),
  );
}

/** `gcsat configure list` */
export async function runConfigureList(context: CommandContext): Promise<void> {
  const { output } = context;
  const { profile: active, configDir } = await chosenProfile(context);
  const profiles = [...(await readProfiles(configDir))].map(([name, { domain, email, values }]) => ({
    name,
    domain: domain ?? null,
    email: email ?? null,
    delivery: values.delivery ?? 'outbox',
    active: name === active,
  }));
  if (output.jsonl) {
    for (const profile of profiles) output.line(profile, () => profile.name);
    return;
  }
  output.result(profiles, () => {
    if (profiles.length === 0) return 'No profile yet; `gcsat configure` makes one.';
    return table(
      profiles,
      [
        { title: '', value: (profile) => (profile.active ? '*' : ''), overflow: 'keep' },
        { title: 'PROFILE', value: ({ name }) => name },
        { title: 'DOMAIN', value: ({ domain }) => domain ?? '-' },
        { title: 'E-MAIL', value: ({ email }) => email ?? '-' },
        { title: 'DELIVERY', value: ({ delivery }) => delivery },
      ],
      { width: output.columns, heading: output.paint.bold },
    );
  });
}

export interface ConfigureRemoveOptions {
  yes?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/** `gcsat configure remove NAME` */
export async function runConfigureRemove(
  context: CommandContext,
  name: string,
  { yes = false, dryRun = false }: ConfigureRemoveOptions,
): Promise<void> {
  refuseSandbox(context);
  const { configDir } = await chosenProfile(context);
  requireProfile(await readProfiles(configDir), name, configDir);
  if (dryRun) {
    context.output.result(
      { profile: name, removed: false, dryRun },
      () => `Profile ${name} would be removed.`,
    );
    return;
  }
  if (!yes && !(await confirmed(context, name))) {
    context.output.result({ profile: name, removed: false, dryRun }, () => 'Nothing was removed.');
    return;
  }
  await removeProfile(configDir, name);
  context.output.result({ profile: name, removed: true, dryRun }, () => `Profile ${name} is removed.`);
}

function requireProfile(profiles: Profiles, name: string, configDir: string): void {
  if (profiles.has(name)) return;
  throw new Failure(
    'configuration',
    'unknown_profile',
    `there is no profile '${name}' in ${configFile(configDir)}`,
    { hint: '`gcsat configure list` shows the profiles' },
  );
}

async function confirmed(context: CommandContext, name: string): Promise<boolean> {
  if (!context.interactive) {
    throw new Failure('usage', 'confirmation_needed', `removing profile '${name}' has to be confirmed`, {
      hint: 'add --yes',
    });
  }
  const { openPrompts } = await import('../terminal/prompts.ts');
  return (await openPrompts(context.signal)).confirm(`Remove profile ${name} and its credentials?`);
}

/** The profile that the flags and the environment choose, complete or not; what is wrong in it is collected. */
async function currentProfile(
  { flags, env }: CommandContext,
  invalid: Map<string, Failure>,
): Promise<ResolvedSettings> {
  const resolved = await resolveSettings({
    flags,
    env,
    onInvalid: (name, failure) => invalid.set(name, failure),
  });
  registerSecret(resolved.token);
  registerSecret(passwordOf(resolved.smtpUrl));
  return resolved;
}
