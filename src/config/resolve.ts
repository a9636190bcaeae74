import { join } from 'node:path';
import type { DeliveryName } from '../domain/delivery.ts';
import { defaultPolicy, type Policy } from '../domain/eligibility/policy.ts';
import { Failure } from '../failure.ts';
import { directories } from './directories.ts';
import { parseDomain, type Domain } from './domain.ts';
import { environmentSwitch, environmentText } from './environment.ts';
import { inProfile, readLayers, type Given, type LayerReader, type OnInvalid } from './layers.ts';
import { isPolicyKey, parsePolicyValue, policyFrom, policyKeys } from './policy.ts';
import * as values from './profile-values.ts';
import { configFile, readProfiles, type StoredProfile } from './profiles.ts';
import type { GlobalFlags, SettingOrigin, Settings } from './settings.ts';
import { surveySecret } from './survey-secret.ts';
import { readSecret } from './token-input.ts';
import { webhookCredentialsReader } from './webhook-credentials.ts';

/** Settings of which the necessary ones may still be missing. */
export interface ResolvedSettings extends Omit<
  Settings,
  'origin' | 'hostKind' | 'email' | 'token' | 'database'
> {
  domain: Domain | null;
  email: string | null;
  token: string | null;
  /** Null while the domain is missing: the default file is named after it. */
  database: string | null;
  profileExists: boolean;
  /** The host that the saved token belongs to, when it was left out because another host is asked for. */
  foreignToken: string | null;
}

export interface SettingSources {
  readonly flags: GlobalFlags;
  readonly env: NodeJS.ProcessEnv;
  /** Stands in for the stored profile. */
  readonly draft?: StoredProfile;
  readonly onInvalid?: OnInvalid;
}

/** Customers can not reach it; it lets an operator click through the messages of the outbox. */
export const localPublicUrl = 'http://localhost:8080';

const defaultTimeoutMs = 30_000;
const defaultRatePercent = 80;

/**
 * Flag, then environment, then profile, then default.
 *
 * @throws Failure kind usage for a bad flag or stdin, kind configuration for what is set or stored wrongly.
 */
export async function resolveSettings({
  flags,
  env,
  draft,
  onInvalid,
}: SettingSources): Promise<ResolvedSettings> {
  const { config: configDir, data: dataDir } = directories(env);
  const layers = readLayers(env, () => `profile '${profile}' in ${configFile(configDir)}`, onInvalid);
  const { read } = layers;
  const text =
    (parse: (given: string) => string) =>
    (given: string): string | null =>
      parse(given);

  const profile = await profileName(layers, flags);
  const known = draft ?? (await readProfiles(configDir)).get(profile);
  const stored: StoredProfile = known ?? { values: {}, policy: {} };

  const domain = await resolveDomain(layers, flags, env, stored);
  const email = await read(
    'email',
    { flag: ['--email', flags.email], variable: 'GCSAT_EMAIL', stored: ['email', stored.email] },
    text(values.parseEmail),
    null,
  );
  const foreignToken = foreignHost(stored, domain);
  const usableToken = foreignToken === null ? stored.token : undefined;
  const token = layers.parse(
    'token',
    await givenToken(layers, flags, usableToken),
    text(values.parseToken),
    null,
  );
  const delivery = await read<DeliveryName>(
    'delivery',
    {
      flag: ['--delivery', flags.delivery],
      variable: 'GCSAT_DELIVERY',
      stored: inProfile(stored, 'delivery'),
    },
    values.parseDelivery,
    'outbox',
  );

  const placeOf = (variable: string): SettingOrigin =>
    environmentText(env, variable) === null ? 'default' : 'environment';
  layers.origins['configDir'] = placeOf('GCSAT_CONFIG_DIR');
  layers.origins['dataDir'] = placeOf('GCSAT_DATA_DIR');

  const { logoFile, ...given } = {
    profile,
    profileExists: known !== undefined,
    domain,
    email,
    token,
    foreignToken,
    delivery,
    from: await read(
      'from',
      { variable: 'GCSAT_FROM', stored: inProfile(stored, 'from') },
      text(values.parseFrom),
      null,
    ),
    publicUrl: await read(
      'publicUrl',
      { variable: 'GCSAT_PUBLIC_URL', stored: inProfile(stored, 'publicUrl') },
      text(values.parsePublicUrl),
      delivery === 'outbox' ? localPublicUrl : null,
    ),
    smtpUrl: await read(
      'smtpUrl',
      { secret: 'GCSAT_SMTP_URL', stored: inProfile(stored, 'smtpUrl') },
      text(values.parseSmtpUrl),
      null,
    ),
    templateFile: await read(
      'template',
      { stored: inProfile(stored, 'template') },
      text(values.parseTemplate),
      null,
    ),
    logoFile: await read('logo', { stored: inProfile(stored, 'logo') }, text(values.parseLogo), null),
    trustedProxies: await read(
      'trustProxy',
      { variable: 'GCSAT_TRUST_PROXY', stored: inProfile(stored, 'trustProxy') },
      values.parseTrustProxy,
      [],
    ),
    ratePercent: await read(
      'ratePercent',
      {
        flag: ['--rate-share', flags.rateShare],
        variable: 'GCSAT_RATE_SHARE',
        stored: inProfile(stored, 'ratePercent'),
      },
      values.parseRatePercent,
      defaultRatePercent,
    ),
    timeoutMs: await read(
      'timeout',
      {
        flag: ['--timeout', flags.timeout],
        variable: 'GCSAT_TIMEOUT',
        stored: inProfile(stored, 'timeout'),
      },
      values.parseTimeout,
      defaultTimeoutMs,
    ),
    database: await read(
      'database',
      { flag: ['--database', flags.database], secret: 'GCSAT_DATABASE_URL' },
      text(values.parseDatabase),
      domain === null ? null : join(dataDir, ledgerFileName(profile, domain)),
    ),
  };
  const policy = resolvePolicy(layers, stored, `profile '${profile}' in ${configFile(configDir)}`, onInvalid);
  return {
    ...given,
    brand: { color: policy.brandColor, logoFile },
    policy,
    dataDir,
    configDir,
    outboxDir: join(dataDir, 'outbox'),
    surveySecret: (options) => surveySecret(env, dataDir, options?.keep),
    webhookCredentials: webhookCredentialsReader({
      env,
      configDir,
      profile,
      origin: domain?.origin ?? null,
      ...(draft === undefined ? {} : { draft }),
    }),
    origins: layers.origins,
  };
}

/**
 * Which profile is chosen, and the folder that it is in, whatever else is set or stored: by this, what is wrong there can
 * be mended.
 *
 * @throws Failure kind usage or configuration for a bad name.
 */
export async function chosenProfile({
  flags,
  env,
}: Pick<SettingSources, 'flags' | 'env'>): Promise<{ profile: string; configDir: string }> {
  const { config: configDir } = directories(env);
  return {
    profile: await profileName(
      readLayers(env, () => configFile(configDir)),
      flags,
    ),
    configDir,
  };
}

function profileName({ read }: LayerReader, flags: GlobalFlags): Promise<string> {
  return read(
    'profile',
    { flag: ['--profile', flags.profile], variable: 'GCSAT_PROFILE' },
    values.parseProfileName,
    'default',
  );
}

async function resolveDomain(
  layers: LayerReader,
  flags: GlobalFlags,
  env: NodeJS.ProcessEnv,
  stored: StoredProfile,
): Promise<Domain | null> {
  const given = await layers.find({
    flag: ['--domain', flags.domain],
    variable: 'GCSAT_DOMAIN',
    stored: ['domain', stored.domain],
  });
  // What the profile allows, it allows for its own host.
  const allowedByProfile = given?.origin === 'profile' && stored.allowHost === true;
  const allowHost = flags.allowHost ?? (environmentSwitch(env, 'GCSAT_ALLOW_HOST') || allowedByProfile);
  layers.origins['allowHost'] =
    flags.allowHost !== undefined
      ? 'flag'
      : environmentSwitch(env, 'GCSAT_ALLOW_HOST')
        ? 'environment'
        : allowedByProfile
          ? 'profile'
          : 'default';
  return layers.parse<Domain | null>('domain', given, (text) => parseDomain(text, allowHost), null);
}

async function givenToken(
  layers: LayerReader,
  flags: GlobalFlags,
  stored: string | undefined,
): Promise<Given | null> {
  if (flags.tokenStdin !== true) return layers.find({ secret: 'GCSAT_TOKEN', stored: ['token', stored] });
  return { text: await readSecret('--token-stdin'), origin: 'flag', source: '--token-stdin' };
}

/** A saved token goes to the host that it was saved for and to no other, so that no typo gives it away. */
function foreignHost(stored: StoredProfile, domain: Domain | null): string | null {
  if (stored.token === undefined || stored.domain === undefined || domain === null) return null;
  return stored.domain === domain.origin ? null : stored.domain;
}

function ledgerFileName(profile: string, { host }: Domain): string {
  return `ledger-${profile}-${host.replace(/[^a-z0-9.-]/g, '_')}.db`;
}

function resolvePolicy(
  { origins, parse }: LayerReader,
  stored: StoredProfile,
  storedIn: string,
  onInvalid: OnInvalid | undefined,
): Policy {
  for (const key of Object.keys(stored.policy)) {
    if (isPolicyKey(key)) continue;
    const failure = unknownPolicy(key, storedIn);
    if (onInvalid === undefined) throw failure;
    onInvalid(key, failure);
    origins[key] = 'profile';
  }
  for (const key of policyKeys) origins[key] = stored.policy[key] === undefined ? 'default' : 'profile';
  return policyFrom(stored.policy, (key, text) =>
    parse(
      key,
      { text, origin: 'profile', source: `${key} of ${storedIn}` },
      (given) => parsePolicyValue(key, given),
      defaultPolicy[key],
    ),
  );
}

function unknownPolicy(key: string, storedIn: string): Failure {
  return new Failure('configuration', 'bad_configuration', `${storedIn} has the unknown policy '${key}'`, {
    hint: 'mend its spelling in the file, or remove it',
  });
}
