import { formatPolicyValue } from '../../config/policy.ts';
import { resolveSettings } from '../../config/resolve.ts';
import type { ResolvedSettings } from '../../config/resolved-settings.ts';
import { policyKeys } from '../../config/setting-keys.ts';
import type { MedalliaSettings, SettingOrigin } from '../../config/settings.ts';
import { surveySecretPlace } from '../../config/survey-secret.ts';
import { environmentWebhookCredentials, type WebhookCredentials } from '../../config/webhook-credentials.ts';
import { Failure } from '../../failure.ts';
import { registerSecret } from '../../terminal/redact.ts';
import type { CommandContext } from '../program/context.ts';
import { isSet, unknownKey } from './setting-names.ts';

export interface ShownSetting {
  readonly value: string | null;
  readonly origin: SettingOrigin;
  /** Why the value is invalid; commands that need the settings fail with it. */
  readonly problem?: string;
}

interface ShownSettings extends Pick<ResolvedSettings, 'profile' | 'profileExists' | 'configDir'> {
  readonly settings: Readonly<Record<string, ShownSetting>>;
}

/** Every setting of the chosen profile with its origin, complete or not; for a secret, only whether it is set. */
export async function shownSettings({ flags, env, wantsSandbox }: CommandContext): Promise<ShownSettings> {
  const invalid = new Map<string, Failure>();
  const resolved = await resolveSettings({
    flags,
    env,
    onInvalid: (name, failure) => invalid.set(name, failure),
    onSecret: registerSecret,
  });
  const { profile, profileExists, configDir } = resolved;
  const hasCredentials = hasAny(await resolved.webhookCredentials());
  const fromEnvironment = hasAny(await environmentWebhookCredentials(env));
  const key = surveySecretPlace(env, resolved.dataDir);
  const sandbox = wantsSandbox();
  const values = valuesOf(resolved, {
    webhookCredentials: hasCredentials ? isSet : null,
    signingKey: key.place === 'none' ? null : key.place === 'file' ? `${isSet}, in ${key.file}` : isSet,
    sandbox: sandbox ? 'yes' : 'no',
  });
  const origins: Record<string, SettingOrigin> = { ...resolved.origins };
  if (resolved.brands.length > 0) origins['brands'] = 'profile';
  if (hasCredentials) origins['webhookCredentials'] = fromEnvironment ? 'environment' : 'profile';
  if (key.place === 'environment') origins['signingKey'] = 'environment';
  if (sandbox) origins['sandbox'] = flags.sandbox === true ? 'flag' : 'environment';
  const names = [...new Set([...Object.keys(values), ...invalid.keys()])];
  return {
    profile,
    profileExists,
    configDir,
    settings: Object.fromEntries(
      names.map((name) => {
        const origin = origins[name] ?? 'default';
        const problem = invalid.get(name)?.message;
        const value = values[name] ?? null;
        return [name, problem === undefined ? { value, origin } : { value: null, origin, problem }];
      }),
    ),
  };
}

/** @throws Failure `unknown_key`, or what is wrong with the value */
export async function readValueOf(
  context: CommandContext,
  key: string,
): Promise<{ key: string; value: string | null; origin: SettingOrigin }> {
  const { settings } = await shownSettings(context);
  const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
  if (setting === undefined) throw unknownKey(key, Object.keys(settings));
  const { value, origin, problem } = setting;
  if (problem === undefined) return { key, value, origin };
  throw new Failure('configuration', 'bad_configuration', problem, {
    hint: `Set it with \`gcsat configure set ${key}=…\`, or \`gcsat configure unset ${key}\`.`,
  });
}

/** Where alerts go, without the path of the URL, which may be a key. */
function alertPlace(url: string | null): string | null {
  return url === null ? null : `${isSet}, at ${new URL(url).origin}`;
}

function medalliaValues(medallia: MedalliaSettings): Record<string, string | null> {
  const { apiKey, apiSecret, channels } = medallia;
  return {
    medalliaApiKey: apiKey === null ? null : isSet,
    medalliaApiSecret: apiSecret === null ? null : isSet,
    medalliaUrl: medallia.origin,
    medalliaChannels: channels.size === 0 ? null : [...channels].map((pair) => pair.join('=')).join(', '),
    medalliaEmployees: medallia.employeesFile,
    medalliaBrand: medallia.brand,
    medalliaLanguage: medallia.language,
    medalliaRate: String(medallia.perMinute),
    medalliaCountSuppressed: medallia.countSuppressed ? 'on' : 'off',
  };
}

function hasAny({ basic, headers }: WebhookCredentials): boolean {
  return basic.length > 0 || headers.length > 0;
}

function valuesOf(
  resolved: ResolvedSettings,
  others: Readonly<Record<'webhookCredentials' | 'signingKey' | 'sandbox', string | null>>,
): Record<string, string | null> {
  const { brand, policy, trustedProxies, origins } = resolved;
  const secret = (value: string | null): string | null => (value === null ? null : isSet);
  return {
    profile: resolved.profile,
    domain: resolved.domain?.origin ?? null,
    allowHost: ['flag', 'environment', 'profile'].includes(origins['allowHost'] ?? '') ? 'yes' : 'no',
    email: resolved.email,
    token: secret(resolved.token),
    delivery: resolved.delivery,
    from: resolved.from,
    publicUrl: resolved.publicUrl,
    smtpUrl: secret(resolved.smtpUrl),
    alertUrl: alertPlace(resolved.alerts.url),
    alertSecret: secret(resolved.alerts.secret),
    template: resolved.templateFile,
    logo: brand.logoFile,
    trustProxy: trustedProxies.length === 0 ? null : trustedProxies.join(', '),
    ...others,
    ratePercent: String(resolved.ratePercent),
    timeout: String(resolved.timeoutMs / 1000),
    ...medalliaValues(resolved.medallia),
    brands: resolved.brands.length === 0 ? null : resolved.brands.map(({ name }) => name).join(', '),
    database: resolved.database,
    dataDir: resolved.dataDir,
    configDir: resolved.configDir,
    ...Object.fromEntries(policyKeys.map((key) => [key, formatPolicyValue(key, policy)])),
  };
}
