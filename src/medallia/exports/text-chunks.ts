/**
 * The text of a file, without its byte order mark: UTF-8, or UTF-16 as spreadsheets save it, told by the first bytes.
 */
export async function* textChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  for await (const chunk of bytes) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder?.decode() ?? '';
  if (rest !== '') yield rest;
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

export interface Peeked {
  /** The first line that is not blank, or as much of it as `longest` allows. */
  firstLine: string;
  /** All of the text, from its beginning. */
  all: AsyncGenerator<string, void, undefined>;
}

/** Looks at the beginning of a text without losing it. */
export async function peek(
  chunks: AsyncGenerator<string, void, undefined>,
  longest: number,
): Promise<Peeked> {
  let seen = '';
  while (!/\S[^\n]*\n/.test(seen) && seen.length < longest) {
    const next = await chunks.next();
    if (next.done === true) break;
    seen += next.value;
  }
  async function* all(): AsyncGenerator<string, void, undefined> {
    if (seen !== '') yield seen;
    yield* chunks;
  }
  return { firstLine: /\S[^\n]*/.exec(seen)?.[0].trimEnd() ?? '', all: all() };
}

/** Lines with their numbers, from 1; a line longer than `longest` is cut to its beginning. */
export async function* numberedLines(
  chunks: AsyncIterable<string>,
  longest: number,
): AsyncGenerator<{ line: number; text: string }, void, undefined> {
  let [line, text] = [1, ''];
  const add = (piece: string): void => {
    if (text.length <= longest) text += piece;
  };
  for await (const chunk of chunks) {
    const [first = '', ...others] = chunk.split('\n');
    add(first);
    for (const next of others) {
      yield { line, text };
      [line, text] = [line + 1, ''];
      add(next);
    }
  }
  if (text !== '') yield { line, text };
}
