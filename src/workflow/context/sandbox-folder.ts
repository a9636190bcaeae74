import { tmpdir } from 'node:os';
import { Failure } from '../../failure.ts';
import { makeOwnFolder, removeAbandonedFolders } from '../../store/copy-folders.ts';

/**
 * Makes a folder for the embedded sandbox. Folders of killed processes are removed first.
 *
 * @throws Failure `temporary_folder_unusable`
 */
export async function makeSandboxFolder(): Promise<string> {
  await removeAbandonedFolders();
  try {
    return await makeOwnFolder('sandbox');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Failure(
      'configuration',
      'temporary_folder_unusable',
      `cannot make a folder for the sandbox in ${tmpdir()} (${reason})`,
      { hint: 'Set TMPDIR to an existing folder that you can write to.', cause: error },
    );
  }
}
