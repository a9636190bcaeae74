import { join } from 'node:path';
import { defaultDelivery, traitsOf, type DeliveryName } from '../domain/delivery.ts';
import { configFile } from './config-file.ts';
import { directories } from './directories.ts';
import type { Domain } from './domain.ts';
import { environmentSwitch, proxyAddresses, rawVariable } from './environment.ts';
import { fixedPath } from './given-text.ts';
import { readLayers, type Places } from './layers.ts';
import * as values from './profile-values.ts';
import { readProfiles, type StoredProfile } from './profiles.ts';
import { allowsHost, foreignHost, givenToken, profileName, resolveDomain } from './resolve-account.ts';
import { resolveBrands } from './resolve-brands.ts';
import { resolveMedallia } from './resolve-medallia.ts';
import { resolvePolicy } from './resolve-policy.ts';
import type { ResolvedSettings, SettingSources } from './resolved-settings.ts';
import { brandsOfSandbox, senderOf, storedProfileOf } from './sandbox-account.ts';
import { sandboxPolicy } from './sandbox-policy.ts';
import { alertSecrets, basicSecrets, urlSecrets } from './secrets.ts';
import type { ProfileKey } from './setting-keys.ts';
import type { SettingOrigin } from './settings.ts';
import { trustedDirectories } from './trusted-folders.ts';
import { keepSurveySecret, previousSurveySecrets, surveySecret } from './survey-secret.ts';
import { webhookCredentialsReader, webhookSecrets } from './webhook-credentials.ts';

/** Customers cannot reach this URL; it lets an operator click through the messages of the outbox. */
const localPublicUrl = 'http://localhost:8080';

const defaultTimeoutMs = 30_000;
const defaultRatePercent = 80;

/**
 * Resolves each setting: flag, then environment, then profile, then default.
 *
 * @throws Failure kind usage for a bad flag or stdin, kind configuration for a bad variable or stored value.
 */
export async function resolveSettings(sources: SettingSources): Promise<ResolvedSettings> {
  const { flags, env, draft, sandbox, onInvalid, overrides = {}, onSecret = () => undefined } = sources;
  const folders = sandbox === undefined ? trustedDirectories(env) : directories(env);
  const { config: configDir, data: dataDir } = folders;
  const describe = (): string => `profile '${profile}' in ${configFile(configDir)}`;
  const origin = sandbox === undefined ? 'profile' : 'sandbox';
  const layers = readLayers(env, { origin, describe }, onInvalid);

  const profile = sandbox === undefined ? await profileName(layers, flags) : 'sandbox';
  const replacement = sandbox === undefined ? draft : storedProfileOf(sandbox, sandboxPolicy(env));
  const known = replacement ?? (await readProfiles(configDir)).get(profile);
  const stored: StoredProfile = known ?? { values: {}, policy: {} };
  const inProfile = (key: ProfileKey): Pick<Places, 'stored'> => ({ stored: [key, stored.values[key]] });
  const readText = (
    name: string,
    places: Places,
    parse: (given: string) => string,
    fallback: string | null = null,
  ): Promise<string | null> => layers.read<string | null>(name, places, parse, fallback);

  const domain = await resolveDomain(layers, flags, env, stored);
  const email = await readText(
    'email',
    { flag: ['--email', flags.email], variable: 'GCSAT_EMAIL', stored: ['email', stored.email] },
    values.parseEmail,
  );
  const foreignToken = foreignHost(stored, domain);
  const usableToken = foreignToken === null ? stored.token : undefined;
  const token = layers.parse<string | null>(
    'token',
    await givenToken(layers, flags, usableToken),
    values.parseToken,
    null,
  );
  const delivery = await layers.read<DeliveryName>(
    'delivery',
    { flag: ['--delivery', flags.delivery], variable: 'GCSAT_DELIVERY', ...inProfile('delivery') },
    values.parseDelivery,
    defaultDelivery,
  );
  const from = await readText(
    'from',
    sandbox === undefined
      ? { variable: 'GCSAT_FROM', ...inProfile('from') }
      : { stored: ['from', senderOf(sandbox, delivery)] },
    values.parseFrom,
  );
  const publicUrl = await readText(
    'publicUrl',
    { variable: 'GCSAT_PUBLIC_URL', ...inProfile('publicUrl') },
    values.parsePublicUrl,
    traitsOf(delivery).publicUrl === 'stand_in' || sandbox !== undefined ? localPublicUrl : null,
  );
  const smtpUrl = await readText(
    'smtpUrl',
    { secret: 'GCSAT_SMTP_URL', ...inProfile('smtpUrl') },
    values.parseSmtpUrl,
  );
  const alerts = {
    url: await readText(
      'alertUrl',
      { secret: 'GCSAT_ALERT_URL', ...inProfile('alertUrl') },
      values.parseAlertUrl,
    ),
    secret: await readText(
      'alertSecret',
      { secret: 'GCSAT_ALERT_SECRET', ...inProfile('alertSecret') },
      values.parseAlertSecret,
    ),
  };
  const medallia = await resolveMedallia(layers, inProfile, { allowHost: allowsHost(flags, env), onSecret });
  const templateFile = await readText('template', inProfile('template'), fixedPath);
  const logoFile = await readText('logo', inProfile('logo'), fixedPath);
  const trustedProxies = await layers.read(
    'trustProxy',
    { variable: 'GCSAT_TRUST_PROXY', ...inProfile('trustProxy') },
    values.parseTrustProxy,
    [],
  );
  const ratePercent = await layers.read(
    'ratePercent',
    {
      flag: ['--rate-share', flags.rateShare],
      variable: 'GCSAT_RATE_SHARE',
      ...inProfile('ratePercent'),
    },
    values.parseRatePercent,
    defaultRatePercent,
  );
  const timeoutMs = await layers.read(
    'timeout',
    { flag: ['--timeout', flags.timeout], variable: 'GCSAT_TIMEOUT', ...inProfile('timeout') },
    values.parseTimeout,
    defaultTimeoutMs,
  );
  const ledger = await layers.find({ flag: ['--database', flags.database], secret: 'GCSAT_DATABASE_URL' });
  const database = layers.parse<string | null>(
    'database',
    ledger,
    ledger?.origin === 'flag' ? values.parseDatabase : values.parseFixedDatabase,
    domain === null ? null : join(dataDir, ledgerFileName(profile, domain)),
  );
  const policy = resolvePolicy(layers, stored, describe(), onInvalid);
  const hasSandboxBrands = sandbox !== undefined && environmentSwitch(env, 'GCSAT_SANDBOX_BRANDS');
  const storedBrands = hasSandboxBrands ? brandsOfSandbox(sandbox, delivery) : stored.brands;
  const brands = resolveBrands(layers, storedBrands, describe(), onInvalid);

  const { keepsSigningKey = true, webhookCredentials } = overrides;
  const accountSecrets = token === null ? [] : email === null ? [token] : basicSecrets(email, token);
  accountSecrets.forEach(onSecret);
  for (const url of [smtpUrl, database, ...proxyAddresses(env)]) urlSecrets(url).forEach(onSecret);
  alertSecrets(alerts).forEach(onSecret);
  if (webhookCredentials !== undefined) webhookSecrets(webhookCredentials).forEach(onSecret);
  return {
    profile,
    profileExists: known !== undefined,
    domain,
    email,
    token,
    foreignToken,
    delivery,
    from,
    get publicUrl() {
      return overrides.publicUrl?.() ?? publicUrl;
    },
    smtpUrl,
    alerts,
    templateFile,
    brand: {
      color: policy.brandColor,
      logoFile,
      texts: {
        language: policy.language,
        question: policy.questionText,
        resolved: policy.resolvedText,
        comment: policy.commentText,
        thanksTitle: policy.thanksTitle,
        thanks: policy.thanksText,
      },
    },
    brands,
    medallia,
    trustedProxies,
    ratePercent,
    timeoutMs,
    database,
    policy,
    dataDir,
    configDir,
    outboxDir: join(dataDir, 'outbox'),
    async surveySecret() {
      const secret = await surveySecret(env, dataDir, keepsSigningKey);
      onSecret(Buffer.from(secret).toString('utf8'));
      // A folder that is not writable keeps no key, but its messages leave all the same.
      if (keepsSigningKey) await keepSurveySecret(dataDir).catch(() => undefined);
      return secret;
    },
    async previousSurveySecrets() {
      const secrets = await previousSurveySecrets(env, dataDir);
      for (const secret of secrets) onSecret(Buffer.from(secret).toString('utf8'));
      return secrets;
    },
    webhookCredentials:
      webhookCredentials === undefined
        ? webhookCredentialsReader({
            env,
            configDir,
            profile,
            origin: domain?.origin ?? null,
            ...(replacement === undefined ? {} : { draft: replacement }),
            onSecret,
          })
        : () => Promise.resolve(webhookCredentials),
    origins: { ...layers.origins, ...placeOrigins(env, sandbox !== undefined) },
  };
}

/** Where the folders come from; for the sandbox, also its profile. */
function placeOrigins(env: NodeJS.ProcessEnv, isSandbox: boolean): Record<string, SettingOrigin> {
  if (isSandbox) return { profile: 'sandbox', configDir: 'sandbox', dataDir: 'sandbox' };
  const originOf = (variable: string): SettingOrigin =>
    rawVariable(env, variable) === null ? 'default' : 'environment';
  return { configDir: originOf('GCSAT_CONFIG_DIR'), dataDir: originOf('GCSAT_DATA_DIR') };
}

function ledgerFileName(profile: string, { host }: Domain): string {
  return `ledger-${profile}-${host.replace(/[^a-z0-9.-]/g, '_')}.db`;
}
