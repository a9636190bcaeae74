import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join } from 'node:path';
import { percentDecoded } from '../../domain/values/percent-encoding.ts';
import { Failure } from '../../failure.ts';
import { responseHeaders } from '../headers.ts';
import { originOf, startListening } from '../listen.ts';
import type { PreviewFiles } from './preview-files.ts';
import { previewMark } from './preview-index.ts';

/**
 * Writes the files into the folder, replacing those of an earlier preview. Other files stay as they are.
 *
 * @throws Failure kind usage if the folder holds somebody else's page, or cannot be written
 */
export async function writePreview(folder: string, files: PreviewFiles): Promise<void> {
  try {
    if (!(await isFree(join(folder, 'index.html')))) {
      throw new Failure(
        'usage',
        'preview_folder_taken',
        `${folder} contains an index.html that gcsat did not write`,
        {
          hint: 'Name another folder with --out.',
        },
      );
    }
    for (const [path, content] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof Failure || code === undefined) throw error;
    throw new Failure('usage', 'preview_folder', `the preview cannot be written to ${folder} (${code})`, {
      hint: 'Name a folder that you can write to with --out.',
      cause: error,
    });
  }
}

async function isFree(file: string): Promise<boolean> {
  try {
    return (await readFile(file, 'utf8')).includes(previewMark);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.eml': 'message/rfc822',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
};

export interface ServedPreview {
  origin: string;
  close(): Promise<void>;
}

/** Shows the files only to this machine. Submitting a form leads to the page that follows it, and stores nothing. */
export async function servePreview(files: PreviewFiles): Promise<ServedPreview> {
  // Mails and the index contain their own styles.
  const headers = Object.fromEntries(
    Object.entries(responseHeaders([])).map(([name, value]) => [
      name,
      value.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
    ]),
  );
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    const { pathname } = new URL(incoming.url ?? '/', 'http://localhost');
    const path = pathname === '/' ? 'index.html' : nameIn(pathname);
    const content = files.get(path);
    const found = content !== undefined;
    const type = found ? (types[extname(path)] ?? 'application/octet-stream') : types['.txt'];
    outgoing.writeHead(found ? 200 : 404, { ...headers, 'Content-Type': type });
    outgoing.end(found ? content : 'not found\n');
  });
  await startListening(server, { host: '127.0.0.1', port: 0 });
  return {
    origin: originOf(server),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A brand's name may have letters that are encoded in a URL. */
function nameIn(pathname: string): string {
  const path = pathname.slice(1);
  return percentDecoded(path) ?? path;
}
