import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

/** The encodings that we can read, for `Accept-Encoding`. */
export const acceptedEncodings = 'gzip, deflate, br';

const decoders: Record<string, (first: Uint8Array) => Transform> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  // Servers send either of two formats under this name (zlib or raw); only zlib begins like this.
  deflate: ([byte = 0]) => ((byte & 0x0f) === 8 ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
};

/**
 * A body, decompressed. If it ends within the compressed data, that is an error: node-fetch would take the truncated
 * body for a whole one.
 *
 * @param encoding the header `Content-Encoding`; an unknown one leaves the body as it is
 */
export async function* decodedBody(
  body: AsyncIterable<Uint8Array>,
  encoding: string | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = decoders[encoding?.trim().toLowerCase() ?? ''];
  if (decoder === undefined) {
    yield* body;
    return;
  }
  const compressed = body[Symbol.asyncIterator]();
  const first = await firstOf(compressed);
  // An empty body, as with 204, is not compressed either.
  if (first === null) return;
  const plain = decoder(first);
  // Errors surface where the result is read.
  pipeline(Readable.from(following(first, compressed)), plain, () => undefined);
  yield* plain as AsyncIterable<Uint8Array>;
}

async function firstOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | null> {
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return null;
    if (next.value.byteLength > 0) return next.value;
  }
}

async function* following(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
