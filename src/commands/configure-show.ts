import { formatPolicyValue, policyKeys } from '../config/policy.ts';
import { configFile } from '../config/profiles.ts';
import { resolveSettings, type ResolvedSettings } from '../config/resolve.ts';
import type { SettingOrigin } from '../config/settings.ts';
import { surveySecretPlace } from '../config/survey-secret.ts';
import { environmentWebhookCredentials, type WebhookCredentials } from '../config/webhook-credentials.ts';
import type { Failure } from '../failure.ts';
import { registerSecret } from '../terminal/redact.ts';
import { table } from '../terminal/table.ts';
import { passwordOf, wantsSandbox, type CommandContext } from './context.ts';

/** What stands for a secret that is there. */
export const isSet = 'set';

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
