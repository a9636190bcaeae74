import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBrand } from '../../src/html/brand.ts';
import { temporaryFolder } from '../support/run.ts';

const png = Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1');

function fileOf(content: Buffer, name = 'logo.png'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, content);
  return file;
}

const read = (logoFile: string | null) => readBrand({ color: '#123456', logoFile });

test('without a logo there is only the color', async () => {
  expect(await read(null)).toEqual({ color: '#123456', logo: null });
});

test.each([
  ['image/png', png],
  ['image/jpeg', Buffer.from('\xff\xd8\xff\xe0rest', 'latin1')],
  ['image/gif', Buffer.from('GIF89arest', 'latin1')],
  ['image/webp', Buffer.from('RIFF\x10\0\0\0WEBPrest', 'latin1')],
])('%s is known by its first bytes, whatever its name is', async (type, bytes) => {
  const { logo } = await read(fileOf(bytes, 'logo.svg'));
  expect(logo?.type).toBe(type);
  expect(Buffer.from(logo!.bytes).equals(bytes)).toBe(true);
});

test.each([
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
  ['HTML', '<!doctype html><script>alert(1)</script>'],
  ['another RIFF file', 'RIFF\x10\0\0\0WAVErest'],
  ['nothing', ''],
])('%s is no logo, whatever its name is', async (_what, content) => {
  await expect(read(fileOf(Buffer.from(content)))).rejects.toMatchObject({
    kind: 'configuration',
    code: 'logo_invalid',
  });
});

test('512 KiB are taken, and not a byte more', async () => {
  const padded = (length: number): Buffer => Buffer.concat([png, Buffer.alloc(length - png.length)]);
  expect((await read(fileOf(padded(512 * 1024)))).logo?.bytes.length).toBe(512 * 1024);
  await expect(read(fileOf(padded(512 * 1024 + 1)))).rejects.toMatchObject({ code: 'logo_too_large' });
});

test('a file that is not there, a folder and a device without an end are named', async () => {
  const folder = temporaryFolder();
  symlinkSync('/dev/zero', join(folder, 'zero.png'));
  for (const file of [join(folder, 'none.png'), folder, join(folder, 'zero.png')]) {
    await expect(read(file)).rejects.toMatchObject({
      kind: 'configuration',
      code: 'logo_unreadable',
      message: expect.stringContaining(file),
    });
  }
});
