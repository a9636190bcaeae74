import { Failure } from '../failure.ts';
import { makePrivateFolder } from '../private-folder.ts';
import { configFile, configUnreadable, isRecord, readConfigFile, writeProfiles } from './config-file.ts';
import { withFileLock } from './file-lock.ts';
import type { PolicyKey, ProfileKey } from './setting-keys.ts';

/** A profile as it is stored: texts as the user gave them, so that people can read and edit the file. */
export interface StoredProfile {
  /** The organization's origin. */
  domain?: string;
  allowHost?: boolean;
  email?: string;
  token?: string;
  webhook?: StoredWebhook;
  values: Partial<Record<ProfileKey, string>>;
  policy: Partial<Record<PolicyKey, string>>;
  /** By the brand's name. */
  brands?: StoredBrands;
}

/** The texts of each brand by key; a later version may have more keys. */
export type StoredBrands = Readonly<Record<string, StoredBrand>>;

export type StoredBrand = Readonly<Record<string, string>>;

/** Basic credentials that Gladly sends with its events. */
export interface StoredWebhookSecret {
  user: string;
  password: string;
}

/** The webhook that `webhook install` registered. */
export interface StoredWebhook {
  /** Null until Gladly has reported it. */
  id: string | null;
  url: string;
  /** Absent if the environment gave the credentials. */
  secret?: StoredWebhookSecret;
  /** Still accepted: Gladly may use them until it has accepted the new ones, or for a retry that is under way. */
  previous?: StoredWebhookSecret[];
  /** It is not certain that Gladly has accepted the secret. */
  unconfirmed?: boolean;
}

export type Profiles = ReadonlyMap<string, StoredProfile>;

/**
 * All profiles of the folder's config.json; none if there is no such file.
 *
 * @throws Failure kind configuration if the file is unreadable or not what `configure` writes.
 */
export async function readProfiles(directory: string): Promise<Profiles> {
  const content = await readConfigFile(directory);
  if (content === null) return new Map();
  const file = configFile(directory);
  const { profiles = {} } = content;
  if (!isRecord(profiles)) throw configUnreadable(file, '`profiles` is not an object');
  return new Map(Object.entries(profiles).map(([name, profile]) => [name, readProfile(file, name, profile)]));
}

/**
 * Adds or changes one profile, while no other process can change any profile.
 *
 * @param edit null leaves everything as it is.
 * @throws Failure kind configuration, and what `edit` throws
 */
export async function changeProfile(
  directory: string,
  name: string,
  edit: (known: StoredProfile | undefined) => StoredProfile | null,
): Promise<void> {
  await change(directory, (profiles) => {
    const edited = edit(profiles.get(name));
    return edited === null ? profiles : new Map([...profiles, [name, edited]]);
  });
}

/** @throws Failure kind configuration */
export async function removeProfile(directory: string, name: string): Promise<void> {
  await change(directory, (profiles) => new Map([...profiles].filter(([other]) => other !== name)));
}

async function change(directory: string, edit: (profiles: Profiles) => Profiles): Promise<void> {
  // Refuses an unusable file before the folder and the lock are created.
  await readProfiles(directory);
  try {
    makePrivateFolder(directory);
    await withFileLock(`${configFile(directory)}.lock`, async () => {
      const profiles = await readProfiles(directory);
      const edited = edit(profiles);
      if (edited !== profiles) await write(directory, edited);
    });
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Failure(
      'configuration',
      'configuration_not_writable',
      `cannot write ${configFile(directory)} (${reason})`,
      { hint: 'Check the permissions of the folder, or set GCSAT_CONFIG_DIR.', cause: error },
    );
  }
}

async function write(directory: string, profiles: Profiles): Promise<void> {
  const unknown = await unknownValues(directory);
  const content = [...profiles].map(
    ([name, profile]) => [name, { ...unknown.get(name), ...profile }] as const,
  );
  await writeProfiles(directory, Object.fromEntries(content));
}

const knownKeys = ['domain', 'allowHost', 'email', 'token', 'webhook', 'values', 'policy', 'brands'];

/** What a later version or a person added to the profiles; it is not ours to remove. */
async function unknownValues(directory: string): Promise<Map<string, Record<string, unknown>>> {
  const { profiles } = (await readConfigFile(directory)) ?? {};
  if (!isRecord(profiles)) return new Map();
  return new Map(
    Object.entries(profiles).map(([name, profile]) => {
      const values = isRecord(profile) ? Object.entries(profile) : [];
      return [name, Object.fromEntries(values.filter(([key]) => !knownKeys.includes(key)))];
    }),
  );
}

function readProfile(file: string, name: string, profile: unknown): StoredProfile {
  const unreadable = (reason: string): Failure => configUnreadable(file, `profile '${name}'${reason}`);
  if (!isRecord(profile)) throw unreadable(' is not an object');
  const text = (key: string): string | undefined => {
    const value = profile[key];
    if (value === undefined || typeof value === 'string') return value;
    throw unreadable(`: ${key} is not text`);
  };
  const textsOf = (key: string, group: unknown): Record<string, string> => {
    if (!isRecord(group)) throw unreadable(`: ${key} is not an object`);
    return Object.fromEntries(
      Object.entries(group).map(([entry, value]) => {
        if (typeof value === 'string' || typeof value === 'number') return [entry, String(value)];
        throw unreadable(`: ${key}.${entry} is not text`);
      }),
    );
  };
  const texts = (key: 'values' | 'policy'): Record<string, string> => textsOf(key, profile[key] ?? {});
  const brands = profile['brands'];
  if (brands !== undefined && !isRecord(brands)) throw unreadable(': brands is not an object');
  const [domain, email, token] = [text('domain'), text('email'), text('token')];
  const webhook = readWebhook(profile['webhook']);
  if (webhook === 'unreadable') throw unreadable(': webhook is not what `webhook install` writes');
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(profile['allowHost'] === true ? { allowHost: true } : {}),
    ...(email === undefined ? {} : { email }),
    ...(token === undefined ? {} : { token }),
    ...(webhook === null ? {} : { webhook }),
    values: texts('values'),
    policy: texts('policy'),
    ...(brands === undefined
      ? {}
      : {
          brands: Object.fromEntries(
            Object.entries(brands).map(([brand, group]) => [brand, textsOf(`brands.${brand}`, group)]),
          ),
        }),
  };
}

function readWebhook(value: unknown): StoredWebhook | 'unreadable' | null {
  if (value === undefined) return null;
  if (!isRecord(value)) return 'unreadable';
  const { id = null, url, secret, previous = [], unconfirmed } = value;
  const known = (id === null || typeof id === 'string') && typeof url === 'string' && Array.isArray(previous);
  if (!known || !(secret === undefined || isWebhookSecret(secret)) || !previous.every(isWebhookSecret))
    return 'unreadable';
  return {
    id,
    url,
    ...(secret === undefined ? {} : { secret }),
    ...(previous.length === 0 ? {} : { previous }),
    ...(unconfirmed === true ? { unconfirmed } : {}),
  };
}

function isWebhookSecret(value: unknown): value is StoredWebhookSecret {
  if (!isRecord(value)) return false;
  return typeof value['user'] === 'string' && typeof value['password'] === 'string';
}
