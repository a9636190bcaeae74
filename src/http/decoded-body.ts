import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

/** What we can read, for `Accept-Encoding`. */
export const acceptedEncodings = 'gzip, deflate, br';

const decoders: Record<string, (first: Uint8Array) => Transform> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  // Servers send either of two formats by this name; only one begins so.
  deflate: ([byte = 0]) => ((byte & 0x0f) === 8 ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
};

/**
 * A body as it was before it was compressed. One that ends within the compressed data is an error: node-fetch takes it for
 * whole, and so would lose what was to follow.
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
  // No body at all, as with 204, is not compressed either.
  if (first === null) return;
  const plain = decoder(first);
  // Errors come out where the result is read.
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
