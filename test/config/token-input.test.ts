import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readSecret } from '../../src/config/token-input.ts';

const from = (...chunks: string[]): Readable => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

describe('readSecret', () => {
  test.each([
    [['tok', 'en\n'], 'token'],
    [['token\r\n'], 'token'],
    [['token'], 'token'],
    [['token\n\n'], 'token\n'],
  ])('%j', async (chunks, secret) => {
    expect(await readSecret('--token-stdin', from(...chunks))).toBe(secret);
  });

  test('a character cut by a chunk stays whole', async () => {
    const bytes = Buffer.from('tökèn');
    const input = Readable.from([bytes.subarray(0, 2), bytes.subarray(2)]);
    expect(await readSecret('--token-stdin', input)).toBe('tökèn');
  });

  test.each([
    ['stdin_empty', from()],
    ['stdin_empty', from('\n')],
    ['stdin_too_long', from('x'.repeat(70_000))],
    ['stdin_is_terminal', Object.assign(from('token'), { isTTY: true })],
  ])('%s', async (code, input) => {
    await expect(readSecret('--token-stdin', input)).rejects.toMatchObject({ kind: 'usage', code });
  });
});
