import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { makePrivateFolder, syncFolder } from '../private-folder.ts';
import { environmentSecret, environmentText, secretVariable } from './environment.ts';

const leastBytes = 32;

const newSecret = (): string => randomBytes(48).toString('base64url');

/** Stands in for a key that is not kept, so that all links of one process are signed alike. */
let passing: string | null = null;

/**
 * The signing key of survey links: GCSAT_SURVEY_SECRET (or its `_FILE` twin), else the one kept in the data folder,
 * which is made at first need.
 *
 * @param keep false where nothing may be written: a key that is missing is made up, and gone with the process.
 * @throws Failure kind configuration when it is shorter than 32 bytes, or can not be read or kept.
 */
export async function surveySecret(
  env: NodeJS.ProcessEnv,
  dataDir: string,
  keep = true,
): Promise<Uint8Array> {
  const given = await environmentSecret(env, 'GCSAT_SURVEY_SECRET');
  if (given !== null) return checked(given, secretVariable(env, 'GCSAT_SURVEY_SECRET'));
  const file = fileOf(dataDir);
  try {
    const kept = (await readIfThere(file)) ?? (keep ? await make(dataDir, file) : (passing ??= newSecret()));
    return checked(kept.trim(), file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Failure(
      'configuration',
      'survey_secret_unavailable',
      `cannot read or make ${file} (${reason})`,
      {
        hint: 'check the permissions of the data folder, or set GCSAT_SURVEY_SECRET',
        cause: error,
      },
    );
  }
}

/** Where the key stands now, without reading it. `file`: where it is kept, or would be. */
export function surveySecretPlace(
  env: NodeJS.ProcessEnv,
  dataDir: string,
): { place: 'environment' | 'file' | 'none'; file: string } {
  const file = fileOf(dataDir);
  const names = ['GCSAT_SURVEY_SECRET', 'GCSAT_SURVEY_SECRET_FILE'];
  if (names.some((name) => environmentText(env, name) !== null)) return { place: 'environment', file };
  return { place: existsSync(file) ? 'file' : 'none', file };
}

const fileOf = (dataDir: string): string => join(dataDir, 'survey-secret');

function checked(secret: string, source: string): Uint8Array {
  const bytes = Buffer.from(secret, 'utf8');
  if (bytes.length >= leastBytes) return bytes;
  throw new Failure('configuration', 'survey_secret_short', `${source} has fewer than ${leastBytes} bytes`, {
    hint: 'make one with `openssl rand -base64 48`; links signed with the old one stop working',
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

/** Two processes that start together agree on one: a link is made whole or not at all, and only by the first. */
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
