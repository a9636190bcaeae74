import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SurveyDocument } from '../../../src/documents/survey.ts';
import { fetchRecordings } from '../../../src/workflow/survey/recordings.ts';
import { localGladly, type Respond } from '../../gladly/local-gladly.ts';
import { temporaryFolder } from '../../support/run.ts';
import { world } from '../support.ts';

const sound = Buffer.from([0xff, 0xfb, 0, 1, 2, 3, 254, 255]);

/** Fetches the recordings of these items into a folder inside an otherwise empty folder. */
async function fetched(itemIds: readonly string[], respond: Respond) {
  const own = await world();
  const { origin } = await localGladly(respond);
  const outside = temporaryFolder();
  const directory = join(outside, 'media');
  const recordings = itemIds.map((itemId) => ({
    itemId,
    status: 'AVAILABLE',
    durationSeconds: null,
    bytes: null,
    path: null,
  }));
  const document = { recordings, warnings: [] as string[] };
  await fetchRecordings(own.services({ origin }), document as unknown as SurveyDocument, directory);
  return { document, outside, directory };
}

const withType =
  (type: string | null): Respond =>
  (_, response) =>
    void response.writeHead(200, type === null ? {} : { 'content-type': type }).end(sound);

describe('a recording', () => {
  test('has a place inside the folder, whatever the id of its item is', async () => {
    const ids = ['../../x', 'a/b', '...', './x', '/etc/x', 'a\\b', 'long'.repeat(100), 'plain_1-a'];
    const { document, outside, directory } = await fetched(ids, withType('audio/mpeg'));
    expect(document.warnings).toEqual([]);
    const paths = document.recordings.map(({ path }) => path as unknown as string);
    expect(new Set(paths).size).toBe(ids.length);
    for (const path of paths) {
      expect(dirname(path)).toBe(directory);
      expect(readFileSync(path)).toEqual(sound);
    }
    expect(readdirSync(outside, { recursive: true })).toHaveLength(ids.length + 1);
    expect(existsSync(join(directory, 'plain_1-a.mp3'))).toBe(true);
  });

  test.each(['.', '..'])('of an item %j, which no path can name, is a warning', async (id) => {
    const { document, outside } = await fetched([id], withType('audio/mpeg'));
    expect(document.warnings).toEqual([`recording ${id} is no longer in Gladly`]);
    expect(readdirSync(outside, { recursive: true })).toEqual(['media']);
  });

  test('that breaks off is a warning, and leaves nothing', async () => {
    const { document, directory } = await fetched(['m1'], (_, response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': 100 });
      response.write(sound, () => setTimeout(() => response.destroy(), 5));
    });
    expect(document.warnings).toEqual([expect.stringContaining('recording m1 was not fetched')]);
    expect(document.recordings).toMatchObject([{ path: null }]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('is for its owner alone, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      const { document, directory } = await fetched(['m1'], withType('audio/mpeg'));
      const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
      expect(mode(directory)).toBe('700');
      expect(mode(document.recordings[0]!.path as unknown as string)).toBe('600');
    } finally {
      process.umask(before);
    }
  });

  test.each([
    ['audio/mpeg', 'm1.mp3'],
    ['Audio/MPEG; charset=binary', 'm1.mp3'],
    ['audio/wav', 'm1.bin'],
    ['application/octet-stream', 'm1.bin'],
    [null, 'm1.bin'],
  ])('of the type %s is the file %s', async (type, file) => {
    const { document, directory } = await fetched(['m1'], withType(type));
    expect(document.warnings).toEqual([]);
    expect(readdirSync(directory)).toEqual([file]);
  });

  test.each(['text/html', 'text/html; charset=utf-8', 'application/json', 'audio', 'video/mp4'])(
    'is not what comes as %s in its place: a warning, and no file',
    async (type) => {
      const { document, directory } = await fetched(['m1'], withType(type));
      expect(document.warnings).toEqual([expect.stringContaining(type.split(';')[0]!)]);
      expect(document.recordings).toMatchObject([{ path: null }]);
      expect(readdirSync(directory)).toEqual([]);
    },
  );
});
