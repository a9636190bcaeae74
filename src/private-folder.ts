import { mkdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates a folder and its missing parents, for their owner alone; one that exists keeps its mode. Folders are created
 * one at a time, because Node's recursive mkdir never returns below /proc, where existing folders accept no new ones.
 *
 * @throws what mkdir throws, unless another process created the folder at the same moment
 */
export function makePrivateFolder(path: string): void {
  if (isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) makePrivateFolder(above);
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    if (!isFolder(path)) throw error;
  }
}

/**
 * A new name survives a power cut only once its folder is on disk; Windows cannot open folders and does not need to.
 */
export async function syncFolder(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
