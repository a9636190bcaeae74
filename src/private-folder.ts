import { mkdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it that are missing, for their owner alone; one that exists keeps its mode. One by one:
 * Node's recursive mkdir never ends below /proc, where a folder that exists takes no other.
 *
 * @throws what mkdir throws, unless somebody else made the folder just then
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

/** A new name outlives a power cut only when its folder is on the disk; Windows cannot open folders and needs not. */
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
