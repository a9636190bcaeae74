import { unreadable, type Subject } from '../http/errors.ts';

/** One line of a stream. `ended`: it has its line feed, so it was not cut off. */
export interface Line {
  line: string;
  ended: boolean;
}

/**
 * The lines of a stream of UTF-8.
 *
 * @param maxLength in characters; a longer line is not a line of this kind
 * @throws Problem of kind contract for a longer line
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  subject: Subject,
  maxLength: number,
): AsyncGenerator<Line, void, undefined> {
  const decoder = new TextDecoder();
  // The pieces of the current line: joining them for every chunk would cost the square of their length.
  let pieces: string[] = [];
  let length = 0;
  const add = (piece: string): void => {
    pieces.push(piece);
    length += piece.length;
    if (length > maxLength) throw unreadable(subject, 'one of its lines is too long');
  };
  for await (const chunk of chunks) {
    const [first = '', ...others] = decoder.decode(chunk, { stream: true }).split('\n');
    add(first);
    for (const next of others) {
      yield { line: pieces.join(''), ended: true };
      [pieces, length] = [[], 0];
      add(next);
    }
  }
  add(decoder.decode());
  const rest = pieces.join('');
  if (rest !== '') yield { line: rest, ended: false };
}

/** The value of a line of JSON; null for a line that is not JSON. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}
