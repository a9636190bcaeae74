import { readFile } from 'node:fs/promises';
import { Failure } from '../failure.ts';
import { givenText, isBlank } from './given-text.ts';
import { readValue } from './invalid-value.ts';

// No other file may read one of our variables; a test enforces this.

/** The variable as it is; null if it is unset or empty, as deployment tools often leave it. */
export function rawVariable(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = env[name] ?? '';
  return isBlank(value) ? null : value;
}

/** @throws Failure kind configuration if the value contains a control character */
export function environmentText(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = rawVariable(env, name);
  return value === null
    ? null
    : readValue('configuration', name, (text) => givenText(text, 'setting'), value);
}

/** @throws Failure kind configuration if the value is neither yes nor no */
export function environmentSwitch(env: NodeJS.ProcessEnv, name: string): boolean {
  const value = environmentText(env, name)?.toLowerCase() ?? '';
  if (['', '0', 'false', 'no', 'off'].includes(value)) return false;
  if (['1', 'true', 'yes', 'on'].includes(value)) return true;
  throw new Failure('configuration', 'bad_configuration', `${name}: '${value}' is neither yes nor no`, {
    hint: `Set ${name}=1 or ${name}=0.`,
  });
}

/** Build services set CI to various values; people set it to `false` or `0` to turn it off. */
export function isContinuousIntegration(env: NodeJS.ProcessEnv): boolean {
  return !['', '0', 'false'].includes((rawVariable(env, 'CI') ?? '').trim().toLowerCase());
}

/**
 * A secret from the variable, or from the file that its `_FILE` twin names (as Docker and systemd provide secrets).
 *
 * @throws Failure kind configuration if both are set, or if the file is unreadable or empty.
 */
export async function environmentSecret(env: NodeJS.ProcessEnv, name: string): Promise<string | null> {
  const value = rawVariable(env, name);
  const fileName = `${name}_FILE`;
  const file = environmentText(env, fileName);
  if (file === null) return value === null ? null : givenText(value, 'secret');
  if (value !== null) {
    throw new Failure('configuration', 'secret_given_twice', `${name} and ${fileName} are both set`, {
      hint: 'Unset one of them.',
    });
  }
  const secret = await readSecretFile(fileName, file);
  if (!isBlank(secret)) return givenText(secret, 'secret');
  throw new Failure('configuration', 'secret_file_empty', `${fileName}: ${file} is empty`, {
    hint: 'Write the secret to the file.',
  });
}

/** For messages: the variable that gives the secret, which may be the `_FILE` twin. */
export function secretVariable(env: NodeJS.ProcessEnv, name: string): string {
  return rawVariable(env, name) === null && rawVariable(env, `${name}_FILE`) !== null ? `${name}_FILE` : name;
}

async function readSecretFile(variable: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new Failure(
      'configuration',
      'secret_file_unreadable',
      `${variable}: cannot read ${file} (${reason})`,
      { hint: 'Check the path and its permissions.', cause: error },
    );
  }
}

const inBothCases = (names: string[]): string[] => names.flatMap((name) => [name, name.toUpperCase()]);
const proxyVariables = inBothCases(['https_proxy', 'http_proxy', 'all_proxy']);

/** These addresses may contain credentials. */
export function proxyAddresses(env: NodeJS.ProcessEnv): string[] {
  return proxyVariables.flatMap((name) => rawVariable(env, name) ?? []);
}

/**
 * Changes the environment: a package reads these variables as they are, and a quoted NO_PROXY would match no host.
 */
export function trimProxyVariables(env: NodeJS.ProcessEnv): void {
  for (const name of proxyVariables) {
    const value = env[name];
    // A value with a control character is not an address; it is refused where it is used.
    if (value !== undefined && !/\p{Cc}/u.test(value.trim())) env[name] = givenText(value, 'setting');
  }
  for (const name of inBothCases(['no_proxy'])) {
    const value = env[name];
    if (value !== undefined) env[name] = value.replaceAll(/["'\uFEFF\u200B-\u200F\u2060]/g, '').trim();
  }
}

/**
 * Warns of a signing key whose ends would be cut off if it were passed another way: all links would then have another
 * key.
 */
export function fragileSecretWarning(env: NodeJS.ProcessEnv): string | null {
  const name = 'GCSAT_SURVEY_SECRET';
  const secret = givenText(rawVariable(env, name) ?? '', 'secret');
  const isQuoted = /^(["']).*\1$/s.test(secret);
  if (!isQuoted && secret.trim() === secret) return null;
  const what = isQuoted ? 'is in quotation marks' : 'begins or ends with white space';
  return `${name} ${what}, which is part of the key; if something removes it (docker compose, a shell), links already sent stop working`;
}

const secretVariables = [
  ...['GCSAT_TOKEN', 'GCSAT_SMTP_URL', 'GCSAT_DATABASE_URL', 'GCSAT_SURVEY_SECRET'],
  ...['GCSAT_SURVEY_PREVIOUS_SECRET', 'GCSAT_WEBHOOK_USER', 'GCSAT_WEBHOOK_PASSWORD'],
  ...['GCSAT_WEBHOOK_PREVIOUS_USER', 'GCSAT_WEBHOOK_PREVIOUS_PASSWORD', 'GCSAT_WEBHOOK_HEADER'],
  ...['GCSAT_ALERT_URL', 'GCSAT_ALERT_SECRET', 'GCSAT_MEDALLIA_API_KEY', 'GCSAT_MEDALLIA_API_SECRET'],
];

/** All of our variables. */
export const knownVariables: readonly string[] = [
  ...secretVariables.flatMap((name) => [name, `${name}_FILE`]),
  ...['GCSAT_PROFILE', 'GCSAT_DOMAIN', 'GCSAT_ALLOW_HOST', 'GCSAT_EMAIL', 'GCSAT_FROM', 'GCSAT_DELIVERY'],
  ...['GCSAT_PUBLIC_URL', 'GCSAT_TRUST_PROXY', 'GCSAT_RATE_SHARE', 'GCSAT_TIMEOUT', 'GCSAT_SANDBOX'],
  ...['GCSAT_CONFIG_DIR', 'GCSAT_DATA_DIR', 'GCSAT_ALLOW_SHARED_FOLDERS', 'GCSAT_LOG_LEVEL'],
  ...[
    'GCSAT_MEDALLIA_URL',
    'GCSAT_HOST',
    'GCSAT_PORT',
    'GCSAT_METRICS_FROM',
    'GCSAT_DRAIN',
    'GCSAT_SANDBOX_BRANDS',
    'GCSAT_SANDBOX_SET',
  ],
];

/** Variables that start like ours but are unknown: otherwise a typo would silently leave the default in effect. */
export function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env)
    .filter((name) => bareName(name).startsWith('GCSAT_') && !knownVariables.includes(name))
    .toSorted();
}

/** The name without what a line-by-line reader of env files leaves in it: a byte order mark, blanks, `export`. */
export function bareName(name: string): string {
  return name.replaceAll(/[\s\uFEFF\u200B-\u200F\u2060"']/g, '').replace(/^export(?=GCSAT_)/, '');
}

const accountVariables = [
  'GCSAT_PROFILE',
  'GCSAT_DOMAIN',
  'GCSAT_ALLOW_HOST',
  'GCSAT_EMAIL',
  'GCSAT_TOKEN',
  'GCSAT_TOKEN_FILE',
  'GCSAT_FROM',
  'GCSAT_ALERT_URL',
  'GCSAT_ALERT_URL_FILE',
  'GCSAT_ALERT_SECRET',
  'GCSAT_ALERT_SECRET_FILE',
  'GCSAT_DATABASE_URL',
  'GCSAT_DATABASE_URL_FILE',
  'GCSAT_MEDALLIA_API_KEY',
  'GCSAT_MEDALLIA_API_KEY_FILE',
  'GCSAT_MEDALLIA_API_SECRET',
  'GCSAT_MEDALLIA_API_SECRET_FILE',
  'GCSAT_MEDALLIA_URL',
];

/** The environment without the variables that name an organization, its credentials, its sender or its ledger. */
export function withoutAccount(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !accountVariables.includes(name)));
}
