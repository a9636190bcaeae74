import { stat } from 'node:fs/promises';
import { Failure } from '../failure.ts';
import { environmentSecret, environmentText, secretVariable } from './environment.ts';
import { configFile, configUnreadable, readConfigFile } from './config-file.ts';
import { readProfiles, type StoredProfile, type StoredWebhookSecret } from './profiles.ts';
import { basicSecrets, type OnSecret } from './secrets.ts';

/**
 * What Gladly may authenticate with (contract, Webhooks: Basic credentials and static headers; nothing is signed). An
 * event must carry one of each kind that is listed. While credentials change, a kind has two.
 */
export interface WebhookCredentials {
  readonly basic: readonly { user: string; password: string }[];
  readonly headers: readonly { name: string; value: string }[];
  /**
   * Basic credentials that are enough without the header: Gladly got them before there was a header, and may use them
   * until it has accepted the header.
   */
  readonly basicAlone?: readonly { user: string; password: string }[];
}

export const defaultWebhookUser = 'gcsat';
const fewestCharacters = 16;

const variables = [
  'GCSAT_WEBHOOK_USER',
  'GCSAT_WEBHOOK_PASSWORD',
  'GCSAT_WEBHOOK_PREVIOUS_USER',
  'GCSAT_WEBHOOK_PREVIOUS_PASSWORD',
  'GCSAT_WEBHOOK_HEADER',
] as const;

/** The environment's credentials for Gladly to use from now on. */
export interface GivenWebhookSecret {
  readonly basic: { user: string; password: string } | null;
  readonly header: { name: string; value: string } | null;
}

/**
 * Credentials from the environment, where each variable has a `_FILE` twin. The default user is `gcsat`.
 *
 * @throws Failure kind configuration for a user without a password, or an invalid header.
 */
export async function givenWebhookSecret(env: NodeJS.ProcessEnv): Promise<GivenWebhookSecret> {
  const [user, password, header] = await secretsOf(env, [
    'GCSAT_WEBHOOK_USER',
    'GCSAT_WEBHOOK_PASSWORD',
    'GCSAT_WEBHOOK_HEADER',
  ]);
  return {
    basic: pair(env, 'GCSAT_WEBHOOK', user, password, defaultWebhookUser),
    header:
      typeof header === 'string' ? parseHeader(header, secretVariable(env, 'GCSAT_WEBHOOK_HEADER')) : null,
  };
}

/**
 * All credentials of the environment. A previous password without a user belongs to the current user. When a header
 * replaces a password, Gladly got the previous password without the header.
 *
 * @throws Failure kind configuration, as above.
 */
export async function environmentWebhookCredentials(env: NodeJS.ProcessEnv): Promise<WebhookCredentials> {
  const { basic: current, header } = await givenWebhookSecret(env);
  const [user, password] = await secretsOf(env, [
    'GCSAT_WEBHOOK_PREVIOUS_USER',
    'GCSAT_WEBHOOK_PREVIOUS_PASSWORD',
  ]);
  const previous = pair(env, 'GCSAT_WEBHOOK_PREVIOUS', user, password, current?.user ?? defaultWebhookUser);
  if (current === null && previous !== null && header !== null) {
    return { basic: [], headers: [header], basicAlone: [previous] };
  }
  return {
    basic: [current, previous].filter((given) => given !== null),
    headers: header === null ? [] : [header],
  };
}

function secretsOf(
  env: NodeJS.ProcessEnv,
  names: readonly (typeof variables)[number][],
): Promise<(string | null)[]> {
  return Promise.all(names.map((name) => environmentSecret(env, name)));
}

/** The profile's credentials, current first. Gladly never got them together with a header. */
function profileSecrets(profile: StoredProfile | undefined): readonly StoredWebhookSecret[] {
  const { secret, previous = [] } = profile?.webhook ?? {};
  return [...(secret === undefined ? [] : [secret]), ...previous];
}

/** Whether a secret is so short that it could be guessed. */
export function isWeak({ basic, headers, basicAlone = [] }: WebhookCredentials): boolean {
  const passwords = [...basic, ...basicAlone].map(({ password }) => password);
  const secrets = [...passwords, ...headers.map(({ value }) => value)];
  return secrets.some((secret) => secret.length < fewestCharacters);
}

/** Each credential in every form in which it could be printed. */
export function webhookSecrets({ basic, headers, basicAlone = [] }: WebhookCredentials): string[] {
  return [
    ...[...basic, ...basicAlone].flatMap(({ user, password }) => basicSecrets(user, password)),
    ...headers.map(({ value }) => value),
  ];
}

export interface WebhookCredentialSources {
  readonly env: NodeJS.ProcessEnv;
  readonly configDir: string;
  readonly profile: string;
  /** The organization's origin; null while unknown. */
  readonly origin: string | null;
  /** Replaces the stored profile. */
  readonly draft?: StoredProfile;
  readonly onSecret?: OnSecret;
}

/**
 * Returns all credentials that are accepted now. The credentials read last stay valid while a file is missing or
 * broken: Gladly deactivates a webhook that is refused five times.
 *
 * @param onKept called once for each state of the files in which they cannot be read
 * @throws Failure kind configuration if none have been read yet
 */
export type ReadWebhookCredentials = (onKept?: (failure: Failure) => void) => Promise<WebhookCredentials>;

/**
 * Every call checks the files and reads those that changed, so that a running server accepts new credentials of
 * `webhook install` before Gladly uses them. The returned object stays the same until something changes.
 */
export function webhookCredentialsReader(sources: WebhookCredentialSources): ReadWebhookCredentials {
  const files = filesOf(sources);
  let known: { state: string; credentials: WebhookCredentials; ofProfile: boolean } | null = null;
  let unreadable = '';
  return async (onKept) => {
    const state = (await Promise.all(files.map(stateOf))).join(' ');
    if (known?.state === state) return known.credentials;
    try {
      if (known?.ofProfile === true) await mustHaveProfiles(sources.configDir);
      known = { state, ...(await readAll(sources)) };
      unreadable = '';
      webhookSecrets(known.credentials).forEach((secret) => sources.onSecret?.(secret));
    } catch (error) {
      if (known === null || !(error instanceof Failure)) throw error;
      if (unreadable !== state) onKept?.(error);
      unreadable = state;
    }
    return known.credentials;
  };
}

/** None of our commands removes the file, or all profiles at once. */
async function mustHaveProfiles(configDir: string): Promise<void> {
  const content = await readConfigFile(configDir);
  if (content?.['profiles'] === undefined)
    throw configUnreadable(configFile(configDir), 'it has no profiles');
}

async function readAll({
  env,
  configDir,
  profile,
  origin,
  draft,
}: WebhookCredentialSources): Promise<{ credentials: WebhookCredentials; ofProfile: boolean }> {
  const given = await environmentWebhookCredentials(env);
  const stored = draft ?? (await readProfiles(configDir)).get(profile);
  // A profile's credentials belong to its own organization, and must not admit events of another.
  const isOwn = stored?.domain === undefined || origin === null || stored.domain === origin;
  const kept = profileSecrets(isOwn ? stored : undefined);
  const { basic, headers, basicAlone = [] } = given;
  const ofProfile = draft === undefined && kept.length > 0;
  if (headers.length === 0) return { credentials: { basic: [...basic, ...kept], headers }, ofProfile };
  return { credentials: { basic, headers, basicAlone: [...basicAlone, ...kept] }, ofProfile };
}

function filesOf({ env, configDir, draft }: WebhookCredentialSources): string[] {
  const named = variables.flatMap((name) => environmentText(env, `${name}_FILE`) ?? []);
  return draft === undefined ? [...named, configFile(configDir)] : named;
}

/** Changes with the file, and also when it is replaced within the same tick of the clock. */
async function stateOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return `${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}

function pair(
  env: NodeJS.ProcessEnv,
  names: string,
  user: string | null | undefined,
  password: string | null | undefined,
  otherwise: string,
): { user: string; password: string } | null {
  const [userName, passwordName] = [
    secretVariable(env, `${names}_USER`),
    secretVariable(env, `${names}_PASSWORD`),
  ];
  if (typeof password !== 'string') {
    if (typeof user !== 'string') return null;
    throw new Failure(
      'configuration',
      'webhook_credentials_incomplete',
      `${userName} is set without ${names}_PASSWORD`,
      { hint: `Set ${names}_PASSWORD or ${names}_PASSWORD_FILE too, or unset ${userName}.` },
    );
  }
  const name = user ?? otherwise;
  // A colon would end the user name of Basic credentials (RFC 7617).
  if (!/[:\p{Cc}]/u.test(name) && !/\p{Cc}/u.test(password)) return { user: name, password };
  throw new Failure(
    'configuration',
    'bad_configuration',
    `${userName} or ${passwordName} contains a character that is not allowed in Basic credentials`,
    { hint: 'Use a user name without colons, and no line breaks or other control characters.' },
  );
}

/** The error message does not quote the value, which is a secret. */
function parseHeader(text: string, variable: string): { name: string; value: string } {
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)[ \t]*$/.exec(
    text,
  );
  const [, name = '', value = ''] = match ?? [];
  if (match !== null) return { name, value };
  throw new Failure('configuration', 'bad_configuration', `${variable} is not a valid header`, {
    hint: 'Give e.g. `X-Gcsat-Token: a-long-random-text`.',
  });
}
