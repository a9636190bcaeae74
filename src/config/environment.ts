import { readFile } from 'node:fs/promises';
import { Failure } from '../failure.ts';

/** The variable's value; null when it is not set or empty, as deployment tools leave it. */
export function environmentText(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = env[name] ?? '';
  return value === '' ? null : value;
}

/** @throws Failure kind configuration when the value is neither yes nor no. */
export function environmentSwitch(env: NodeJS.ProcessEnv, name: string): boolean {
  const value = environmentText(env, name)?.trim().toLowerCase() ?? '';
  if (['', '0', 'false', 'no', 'off'].includes(value)) return false;
  if (['1', 'true', 'yes', 'on'].includes(value)) return true;
  throw new Failure('configuration', 'bad_configuration', `${name}: '${value}' is neither yes nor no`, {
    hint: `set ${name}=1 or ${name}=0`,
  });
}

/** Build services set CI to something; `false` and `0` are what people set to say that it is none. */
export function isContinuousIntegration(env: NodeJS.ProcessEnv): boolean {
  return !['', '0', 'false'].includes((env['CI'] ?? '').toLowerCase());
}

/**
 * A secret from the variable, or from the file that its `_FILE` twin names (as Docker and systemd hand them over);
 * one line break at the end of the file does not count.
 *
 * @throws Failure kind configuration when both are set, or the file is unreadable or empty.
 */
export async function environmentSecret(env: NodeJS.ProcessEnv, name: string): Promise<string | null> {
  const value = environmentText(env, name);
  const fileName = `${name}_FILE`;
  const file = environmentText(env, fileName);
  if (file === null) return value;
  if (value !== null) {
    throw new Failure('configuration', 'secret_given_twice', `${name} and ${fileName} are both set`, {
      hint: 'unset one of them',
    });
  }
  const secret = withoutLineEnd(await readSecretFile(fileName, file));
  if (secret !== '') return secret;
  throw new Failure('configuration', 'secret_file_empty', `${fileName}: ${file} is empty`, {
    hint: 'write the secret into the file',
  });
}

/** The variable that gives the secret, for messages: itself, or its `_FILE` twin. */
export function secretVariable(env: NodeJS.ProcessEnv, name: string): string {
  return environmentText(env, name) === null && environmentText(env, `${name}_FILE`) !== null
    ? `${name}_FILE`
    : name;
}

/** Without the one line break that editors and `echo` put at the end. */
export function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
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
      { hint: 'check the path and its permissions', cause: error },
    );
  }
}

const accountVariables = [
  'GCSAT_PROFILE',
  'GCSAT_DOMAIN',
  'GCSAT_ALLOW_HOST',
  'GCSAT_EMAIL',
  'GCSAT_TOKEN',
  'GCSAT_TOKEN_FILE',
  'GCSAT_FROM',
  'GCSAT_DATABASE_URL',
  'GCSAT_DATABASE_URL_FILE',
];

/** The environment without what names an organisation, its credentials, its sender or its ledger. */
export function withoutAccount(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !accountVariables.includes(name)));
}
