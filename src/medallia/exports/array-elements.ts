/** The text of one element of a JSON array, or of whatever stands in its place. */
export interface Element {
  /** The line that it begins in, from 1. */
  line: number;
  text: string;
}

/** In characters; anything longer is not a row. */
export const longestRow = 4 * 1024 * 1024;

/**
 * The elements of a JSON array as they come in, so memory does not grow with the file. Anything between two commas is
 * an element, whether it is JSON or not; an element that is too long is cut to its beginning. An unfinished element at
 * the end of the file, and anything after the array, is an element too.
 *
 * @param chunks of a text that begins with `[`, after white space
 */
export async function* arrayElements(
  chunks: AsyncIterable<string>,
): AsyncGenerator<Element, void, undefined> {
  let [line, startLine, depth] = [1, 1, 0];
  let [inString, isEscaped, hasBegun, hasEnded] = [false, false, false, false];
  let text = '';
  const taken = (): Element[] => {
    const element = { line: startLine, text: text.trim() };
    text = '';
    if (!hasBegun) return [];
    hasBegun = false;
    return [element];
  };
  for await (const chunk of chunks) {
    /** Where the element's part of the chunk begins. */
    let from = 0;
    const keep = (to: number): void => {
      if (text.length <= longestRow) text += chunk.slice(from, to);
      from = to + 1;
    };
    for (let at = 0; at < chunk.length; at += 1) {
      const character = chunk.charCodeAt(at);
      if (character === lineFeed) line += 1;
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (character === backslash) isEscaped = true;
        else if (character === quote) inString = false;
        continue;
      }
      if (isSpace(character)) continue;
      const opens = character === openBracket || character === openBrace;
      const closes = character === closeBracket || character === closeBrace;
      if (opens && depth === 0 && !hasEnded) {
        depth = 1;
        from = at + 1;
        continue;
      }
      if (closes && depth === 1) {
        keep(at);
        yield* taken();
        [depth, hasEnded] = [0, true];
        continue;
      }
      if (character === comma && depth === 1) {
        keep(at);
        yield* taken();
        continue;
      }
      if (!hasBegun) [hasBegun, startLine] = [true, line];
      if (character === quote) inString = true;
      else if (opens) depth += 1;
      else if (closes) depth -= 1;
    }
    keep(chunk.length);
  }
  if (hasBegun) yield* taken();
  else if (!hasEnded) yield { line, text: '' };
}

const lineFeed = 10;
const quote = 34;
const comma = 44;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

function isSpace(character: number): boolean {
  return character === 32 || (character >= 9 && character <= 13);
}
