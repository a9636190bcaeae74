import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { givenText } from './given-text.ts';

export function configFile(directory: string): string {
  return join(directory, 'config.json');
}

/**
 * The content of the folder's config.json; null if there is no such file. Does not use conf, which takes longer to
 * load than everything else and accepts any JSON as an object.
 *
 * @throws Failure kind configuration if the file is unreadable or not a JSON object.
 */
export async function readConfigFile(directory: string): Promise<Record<string, unknown> | null> {
  const file = configFile(directory);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw configUnreadable(file, code ?? 'unreadable');
  }
  const content = parsed(text);
  if (!isRecord(content)) throw configUnreadable(file, 'it is not a JSON object');
  return content;
}

/** Undefined if it is not JSON. The parser's message would quote the file, and the file holds the token. */
function parsed(text: string): unknown {
  try {
    return deserialize(text);
  } catch {
    return undefined;
  }
}

/** Editors on Windows begin the file with a byte order mark, which JSON does not allow. */
function deserialize(text: string): unknown {
  return JSON.parse(givenText(text, 'secret'));
}

/** Replaces the profiles in the folder's config.json, which only its owner can read. */
export async function writeProfiles(directory: string, profiles: Record<string, unknown>): Promise<void> {
  const { default: Conf } = await import('conf');
  const config = new Conf<{ profiles: Record<string, unknown> }>({
    cwd: directory,
    configName: 'config',
    projectSuffix: '',
    configFileMode: 0o600,
    deserialize: (text) => deserialize(text) as { profiles: Record<string, unknown> },
    // A profile's name may contain a dot, which conf would read as a path.
    accessPropertiesByDotNotation: false,
  });
  config.set('profiles', profiles);
}

export function configUnreadable(file: string, reason: string): Failure {
  return new Failure('configuration', 'configuration_unreadable', `cannot use ${file}: ${reason}`, {
    hint: 'Repair the file or move it away; it was not changed.',
  });
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
