import { createHash } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SurveyDocument } from '../../documents/survey.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import { makePrivateFolder } from '../../private-folder.ts';
import { rememberMediaFile, type MediaFile } from '../../store/erase/media-files.ts';
import type { Services } from '../context/services.ts';

/** Ten hours at Gladly's 32 kbit/s; anything longer is not a recording of a call. */
const mostBytes = 150_000_000;

/**
 * Downloads the recordings that a document names into a folder, and adds their paths to the document. A recording that
 * cannot be fetched only adds a warning: the survey does not depend on it. No partial file is left.
 *
 * @throws Failure kind usage when the folder cannot be made.
 */
export async function fetchRecordings(
  services: Services,
  document: SurveyDocument,
  directory: string,
): Promise<void> {
  if (document.recordings.length === 0) return;
  makeFolder(directory);
  const whose = {
    closingId: document.conversation?.closing ?? null,
    customerId: document.customer?.id ?? null,
  };
  for (const recording of document.recordings) {
    if (recording.status !== 'AVAILABLE') continue;
    try {
      const fetched = await fetchRecording(services, recording.itemId, directory, whose);
      if (fetched === null) {
        document.warnings.push(`recording ${recording.itemId} is no longer in Gladly`);
      } else {
        Object.assign(recording, fetched);
      }
    } catch (error) {
      if (error instanceof Failure && ['interrupted', 'terminated'].includes(error.kind)) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      document.warnings.push(`recording ${recording.itemId} was not fetched: ${reason}`);
    }
  }
}

function makeFolder(directory: string): void {
  try {
    makePrivateFolder(directory);
  } catch (error) {
    throw new Failure('usage', 'media_folder', `the folder ${directory} for recordings cannot be made`, {
      hint: 'Give --media a folder that you may write to.',
      cause: error,
    });
  }
}

/** Null when Gladly has no such recording. */
async function fetchRecording(
  { client, ledger, clock }: Services,
  itemId: string,
  directory: string,
  whose: Pick<MediaFile, 'closingId' | 'customerId'>,
): Promise<{ path: string; bytes: number } | null> {
  const media = await client.downloadRecording(itemId, { maxBytes: mostBytes });
  if (media === null) return null;
  const path = join(
    directory,
    `${fileNameOf(itemId)}${media.contentType === 'audio/mpeg' ? '.mp3' : '.bin'}`,
  );
  // Remember the path before the file exists, so that it can be forgotten even if this process dies.
  await rememberMediaFile(ledger, { ...whose, path: resolve(path), at: timeNow(clock) });
  const partial = `${path}.${process.pid}.part`;
  // An earlier process with the same id may have been killed here.
  await rm(partial, { force: true });
  try {
    const bytes = await writeNew(partial, media.bytes);
    await rename(partial, path);
    return { path, bytes };
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function writeNew(path: string, chunks: AsyncIterable<Uint8Array>): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  try {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      await file.write(chunk);
    }
    await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}

/** Any text may be an id: one that could escape the folder, or is too long for a file name, becomes a hash. */
function fileNameOf(itemId: string): string {
  return /^[A-Za-z0-9_-]{1,100}$/.test(itemId) ? itemId : createHash('sha256').update(itemId).digest('hex');
}
