import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { BodyTooLarge, largestBody } from './body.ts';

const decoders = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/** For the header Accept-Encoding of a refusal (RFC 9110, 12.5.3). */
export const acceptedCodings = 'gzip, deflate, br';

/**
 * A body as it was before the client compressed it.
 *
 * @param coding the header Content-Encoding (RFC 9110, 8.4)
 * @returns `malformed` if the body is not in that coding
 * @throws BodyTooLarge if it would exceed `largestBody` bytes, before more are decompressed
 */
export async function unpacked(
  body: Buffer,
  coding: string | undefined,
): Promise<Buffer | 'malformed' | 'unknown coding'> {
  const names = (coding ?? '').split(',').map((name) => name.trim().toLowerCase());
  const [name, ...others] = names.filter((one) => one !== '' && one !== 'identity');
  if (name === undefined) return body;
  const decode = decoders.get(name);
  // Nobody compresses twice except to fill our memory.
  if (decode === undefined || others.length > 0) return 'unknown coding';
  try {
    return await decode(body, { maxOutputLength: largestBody });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new BodyTooLarge();
    return 'malformed';
  }
}
