import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { makePrivateFolder } from '../private-folder.ts';
import { withFileLock } from './file-lock.ts';
import type { PolicyKey } from './policy.ts';
import type { ProfileKey } from './profile-values.ts';

/** A profile as it is kept: the texts that `configure` was given, so that a person can read and edit the file. */
export interface StoredProfile {
  /** The origin. */
  domain?: string;
  allowHost?: boolean;
  email?: string;
  token?: string;
  webhook?: StoredWebhook;
  values: Partial<Record<ProfileKey, string>>;
  policy: Partial<Record<PolicyKey, string>>;
}

/** The Basic credentials that Gladly authenticates itself with. */
export interface StoredWebhookSecret {
  user: string;
  password: string;
}

/** The webhook that `webhook install` registered. */
export interface StoredWebhook {
  /** Null until Gladly has told it. */
  id: string | null;
  url: string;
  /** Absent where the environment gave the credentials. */
  secret?: StoredWebhookSecret;
  /** Still accepted: Gladly may go on to use them until it has taken the new ones, or for a repeat under way. */
  previous?: StoredWebhookSecret[];
  /** Whether Gladly has taken the secret for certain. */
  unconfirmed?: boolean;
}

export type Profiles = ReadonlyMap<string, StoredProfile>;

interface ConfigFile {
  profiles: Record<string, StoredProfile>;
}

export function configFile(directory: string): string {
  return join(directory, 'config.json');
}

/**
 * All profiles of the folder's config.json, none if there is no such file.
 *
 * @throws Failure kind configuration when the file is unreadable or not what `configure` writes.
 */
export async function readProfiles(directory: string): Promise<Profiles> {
  const file = configFile(directory);
  const content = await readConfig(file);
  if (content === null) return new Map();
  const { profiles = {} } = content;
  if (!isRecord(profiles)) throw unreadable(file, '`profiles` is no object');
  return new Map(Object.entries(profiles).map(([name, profile]) => [name, readProfile(file, name, profile)]));
}

/** Read without conf, which takes longer to load than all else, and takes any JSON for an object. */
async function readConfig(file: string): Promise<Record<string, unknown> | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw unreadable(file, code ?? 'unreadable');
  }
  const content = parsed(text);
  if (!isRecord(content)) throw unreadable(file, 'it is no JSON object');
  return content;
}

/** Undefined for what is no JSON: a message of the parser would quote the file, and the file holds the token. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Adds or replaces one profile; the others are kept as they are. @throws Failure kind configuration */
export async function saveProfile(directory: string, name: string, profile: StoredProfile): Promise<void> {
  await changeProfile(directory, name, () => profile);
}

/**
 * Makes a profile anew of what it is now, with no other process changing any in between.
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
  // What can not be used is refused before anything is made.
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
      { hint: 'check the permissions of the folder, or set GCSAT_CONFIG_DIR', cause: error },
    );
  }
}

async function write(directory: string, profiles: Profiles): Promise<void> {
  const unknown = await unknownValues(directory);
  const content = [...profiles].map(([name, profile]) => [name, { ...unknown.get(name), ...profile }]);
  const { default: Conf } = await import('conf');
  const config = new Conf<ConfigFile>({
    cwd: directory,
    configName: 'config',
    projectSuffix: '',
    configFileMode: 0o600,
    // Names of profiles may have dots, which conf would take for paths.
    accessPropertiesByDotNotation: false,
  });
  config.set('profiles', Object.fromEntries(content));
}

const knownKeys = ['domain', 'allowHost', 'email', 'token', 'webhook', 'values', 'policy'];

/** What a later version, or a person, put into the profiles; it is not ours to take away. */
async function unknownValues(directory: string): Promise<Map<string, Record<string, unknown>>> {
  const { profiles } = (await readConfig(configFile(directory))) ?? {};
  if (!isRecord(profiles)) return new Map();
  return new Map(
    Object.entries(profiles).map(([name, profile]) => {
      const values = isRecord(profile) ? Object.entries(profile) : [];
      return [name, Object.fromEntries(values.filter(([key]) => !knownKeys.includes(key)))];
    }),
  );
}

function readProfile(file: string, name: string, profile: unknown): StoredProfile {
  if (!isRecord(profile)) throw unreadable(file, `profile '${name}' is no object`);
  const text = (key: string): string | undefined => {
    const value = profile[key];
    if (value === undefined || typeof value === 'string') return value;
    throw unreadable(file, `profile '${name}': ${key} is no text`);
  };
  const texts = (key: 'values' | 'policy'): Record<string, string> => {
    const group = profile[key] ?? {};
    if (!isRecord(group)) throw unreadable(file, `profile '${name}': ${key} is no object`);
    return Object.fromEntries(
      Object.entries(group).map(([entry, value]) => {
        if (typeof value === 'string' || typeof value === 'number') return [entry, String(value)];
        throw unreadable(file, `profile '${name}': ${key}.${entry} is no text`);
      }),
    );
  };
  const [domain, email, token] = [text('domain'), text('email'), text('token')];
  const webhook = readWebhook(profile['webhook']);
  if (webhook === 'unreadable')
    throw unreadable(file, `profile '${name}': webhook is not what \`webhook install\` writes`);
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(profile['allowHost'] === true ? { allowHost: true } : {}),
    ...(email === undefined ? {} : { email }),
    ...(token === undefined ? {} : { token }),
    ...(webhook === null ? {} : { webhook }),
    values: texts('values'),
    policy: texts('policy'),
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

function unreadable(file: string, reason: string): Failure {
  return new Failure('configuration', 'configuration_unreadable', `cannot use ${file}: ${reason}`, {
    hint: 'mend the file or move it away; it was not changed',
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
