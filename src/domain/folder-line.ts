import { dirname } from 'node:path';

/** What of a file system it takes to make folders. */
export interface FolderMaker {
  isFolder(path: string): boolean;
  /** Makes one folder in a folder that exists. */
  make(path: string): void;
}

/**
 * Makes a folder and those above it that are missing, one by one: Node's own recursive mkdir never ends below /proc,
 * where a folder that exists takes no other.
 *
 * @throws what `make` throws, unless somebody else made the folder just then
 */
export function makeFolderLine(path: string, folders: FolderMaker): void {
  if (folders.isFolder(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolderLine(above, folders);
  try {
    folders.make(path);
  } catch (error) {
    if (!folders.isFolder(path)) throw error;
  }
}
