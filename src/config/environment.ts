import { readFile } from 'node:fs/promises';
import { Failure } from '../failure.ts';
import { givenText, isBlank } from './given-text.ts';
import { readValue } from './invalid-value.ts';

// Nothing else may read a variable that is ours: a test sees to it.

/** The variable as it is; null when it is unset or, as deployment tools often leave it, empty. */
export function rawVariable(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = env[name] ?? '';
  return isBlank(value) ? null : value;
}

/** @throws Failure kind configuration when the value cannot be meant */
export function environmentText(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = rawVariable(env, name);
  return value === null
    ? null
    : readValue('configuration', name, (text) => givenText(text, 'setting'), value);
}

/** @throws Failure kind configuration when the value is neither yes nor no */
export function environmentSwitch(env: NodeJS.ProcessEnv, name: string): boolean {
  const value = environmentText(env, name)?.toLowerCase() ?? '';
  if (['', '0', 'false', 'no', 'off'].includes(value)) return false;
  if (['1', 'true', 'yes', 'on'].includes(value)) return true;
  throw new Failure('configuration', 'bad_configuration', `${name}: '${value}' is neither yes nor no`, {
    hint: `Set ${name}=1 or ${name}=0.`,
  });
}

/** Build services set CI to various values; people set `false` or `0` to turn it off. */
export function isContinuousIntegration(env: NodeJS.ProcessEnv): boolean {
  return !['', '0', 'false'].includes((rawVariable(env, 'CI') ?? '').trim().toLowerCase());
}

/**
 * A secret from the variable, or from the file that its `_FILE` twin names (as Docker and systemd provide secrets).
 *
 * @throws Failure kind configuration when both are set, or the file is unreadable or empty.
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

/** They may have credentials. */
export function proxyAddresses(env: NodeJS.ProcessEnv): string[] {
  return proxyVariables.flatMap((name) => rawVariable(env, name) ?? []);
}

/** Changes the environment: a package reads these as they are, and a quoted NO_PROXY would name no host. */
export function trimProxyVariables(env: NodeJS.ProcessEnv): void {
  for (const name of proxyVariables) {
    const value = env[name];
    // What has a control character is no address, and is refused where it is used.
    if (value !== undefined && !/\p{Cc}/u.test(value.trim())) env[name] = givenText(value, 'setting');
  }
  for (const name of inBothCases(['no_proxy'])) {
    const value = env[name];
    if (value !== undefined) env[name] = value.replaceAll(/["'\uFEFF\u200B-\u200F\u2060]/g, '').trim();
  }
}

/** Of a signing key whose ends another way to hand it over would cut off: all links would be of another key then. */
export function fragileSecretWarning(env: NodeJS.ProcessEnv): string | null {
  const name = 'GCSAT_SURVEY_SECRET';
  const secret = givenText(rawVariable(env, name) ?? '', 'secret');
  const isQuoted = /^(["']).*\1$/s.test(secret);
  if (!isQuoted && secret.trim() === secret) return null;
  const what = isQuoted ? 'is in quotation marks' : 'begins or ends with white space';
  return `${name} ${what}, which is part of the key; where something removes it (docker compose, a shell), no link that has left works any more`;
}

const secretVariables = [
  ...['GCSAT_TOKEN', 'GCSAT_SMTP_URL', 'GCSAT_DATABASE_URL', 'GCSAT_SURVEY_SECRET'],
  ...['GCSAT_SURVEY_PREVIOUS_SECRET', 'GCSAT_WEBHOOK_USER', 'GCSAT_WEBHOOK_PASSWORD'],
  ...['GCSAT_WEBHOOK_PREVIOUS_USER', 'GCSAT_WEBHOOK_PREVIOUS_PASSWORD', 'GCSAT_WEBHOOK_HEADER'],
  ...['GCSAT_ALERT_URL', 'GCSAT_ALERT_SECRET', 'GCSAT_MEDALLIA_API_KEY', 'GCSAT_MEDALLIA_API_SECRET'],
];

/** Every variable that is ours. */
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

/** Variables that begin as ours do and are none: a typo would otherwise leave the default in force unnoticed. */
export function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env)
    .filter((name) => bareName(name).startsWith('GCSAT_') && !knownVariables.includes(name))
    .toSorted();
}

/** Without what an env file that is read line by line leaves of it: a byte order mark, blanks, `export`. */
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
