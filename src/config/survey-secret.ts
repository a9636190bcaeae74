import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { makePrivateFolder, syncFolder } from '../private-folder.ts';
import { environmentSecret, rawVariable, secretVariable } from './environment.ts';
import { givenText } from './given-text.ts';

const leastBytes = 32;
/** Every forged unsubscribe link costs a few microseconds for each of them. */
const mostPrevious = 20;

const newSecret = (): string => randomBytes(48).toString('base64url');

/** The key if none may be written, so that this process signs all links with the same one. */
let temporarySecret: string | null = null;

/**
 * The signing key of survey links: GCSAT_SURVEY_SECRET (or its `_FILE` twin), else the key in the data folder, which
 * is created when first needed.
 *
 * @param keeps false if nothing may be written: a missing key then lives only as long as the process.
 * @throws Failure kind configuration if it is shorter than 32 bytes, or cannot be read or written.
 */
export async function surveySecret(
  env: NodeJS.ProcessEnv,
  dataDir: string,
  keeps = true,
): Promise<Uint8Array> {
  const given = await environmentSecret(env, 'GCSAT_SURVEY_SECRET');
  if (given !== null) return checked(given, secretVariable(env, 'GCSAT_SURVEY_SECRET'));
  const file = surveySecretFile(dataDir);
  try {
    const secret =
      (await readIfThere(file)) ?? (keeps ? await make(dataDir, file) : (temporarySecret ??= newSecret()));
    return checked(secret.trim(), file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Failure(
      'configuration',
      'survey_secret_unavailable',
      `cannot read or create ${file} (${reason})`,
      {
        hint: 'Check the permissions of the data folder, or set GCSAT_SURVEY_SECRET.',
        cause: error,
      },
    );
  }
}

/**
 * The keys before this one, newest first, for unsubscribe links in messages that customers have kept: those in
 * GCSAT_SURVEY_PREVIOUS_SECRET (or its `_FILE` twin), one per line, and those that the data folder has had.
 */
export async function previousSurveySecrets(env: NodeJS.ProcessEnv, dataDir: string): Promise<Uint8Array[]> {
  const given = (await environmentSecret(env, 'GCSAT_SURVEY_PREVIOUS_SECRET')) ?? '';
  const kept = (await readIfThere(keptFileOf(dataDir)).catch(() => null)) ?? '';
  return [...linesOf(given), ...linesOf(kept).reverse()]
    .map((secret) => Buffer.from(secret, 'utf8'))
    .filter(({ length }) => length >= leastBytes)
    .slice(0, mostPrevious);
}

/** Remembers the data folder's key for when it has been replaced. A key from elsewhere is not stored. */
export async function keepSurveySecret(dataDir: string): Promise<void> {
  const secret = (await readIfThere(surveySecretFile(dataDir)))?.trim() ?? '';
  const kept = linesOf((await readIfThere(keptFileOf(dataDir))) ?? '');
  if (secret === '' || kept.includes(secret)) return;
  await appendFile(keptFileOf(dataDir), `${secret}\n`, { mode: 0o600, flush: true });
}

function linesOf(text: string): string[] {
  return givenText(text, 'secret')
    .split(/\r?\n/)
    .filter((line) => line !== '');
}

/** Where the key is now, without reading it. `file`: where it is or would be stored. */
export function surveySecretPlace(
  env: NodeJS.ProcessEnv,
  dataDir: string,
): { place: 'environment' | 'file' | 'none'; file: string } {
  const file = surveySecretFile(dataDir);
  const names = ['GCSAT_SURVEY_SECRET', 'GCSAT_SURVEY_SECRET_FILE'];
  if (names.some((name) => rawVariable(env, name) !== null)) return { place: 'environment', file };
  return { place: existsSync(file) ? 'file' : 'none', file };
}

const keptFileOf = (dataDir: string): string => join(dataDir, 'unsubscribe-keys');
export const surveySecretFile = (dataDir: string): string => join(dataDir, 'survey-secret');

function checked(secret: string, source: string): Uint8Array {
  const bytes = Buffer.from(secret, 'utf8');
  if (bytes.length >= leastBytes) return bytes;
  throw new Failure('configuration', 'survey_secret_short', `${source} has fewer than ${leastBytes} bytes`, {
    hint: 'Create one with `openssl rand -base64 48`. Links signed with the old key stop working.',
  });
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Processes that start together agree on one key: a link appears together with its content, and only for the first
 * process.
 */
async function make(dataDir: string, file: string): Promise<string> {
  makePrivateFolder(dataDir);
  const temporary = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    await handle.writeFile(`${newSecret()}\n`);
    await handle.sync();
    await handle.close();
    await link(temporary, file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
    await syncFolder(dataDir);
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
  return readFile(file, 'utf8');
}
