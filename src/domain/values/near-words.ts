import { nameKey } from './name-key.ts';

/**
 * Candidates that differ from the word in at most two letters (one if it is shorter than four), or a third of its
 * letters: first those that begin with the word, then the nearest.
 */
export function nearWords(word: string, candidates: readonly string[]): string[] {
  const limit = Math.max(word.length < 4 ? 1 : 2, Math.floor(word.length / 3)) + 1;
  return candidates
    .map((candidate) => ({
      candidate,
      isBegun: candidate.toLowerCase().startsWith(word.toLowerCase()),
      distance: editDistance(word.toLowerCase(), candidate.toLowerCase(), limit),
    }))
    .filter(({ distance }) => distance < limit)
    .sort((one, other) => Number(other.isBegun) - Number(one.isBegun) || one.distance - other.distance)
    .map(({ candidate }) => candidate);
}

/**
 * Names that someone may have meant: those that contain the text, then those that are spelled like it or have a word
 * that is.
 */
export function nearNames(text: string, names: readonly string[]): string[] {
  const wanted = nameKey(text);
  const containing = names.filter((name) => wanted !== '' && nameKey(name).includes(wanted));
  const alike = nearWords(wanted, names.map(nameKey));
  const withWord = names.filter((name) => nearWords(wanted, nameKey(name).split(' ')).length > 0);
  const spelled = names.filter((name) => alike.includes(nameKey(name)));
  return [...new Set([...containing, ...spelled, ...withWord])];
}

/** Insertions, deletions and replacements between two words, at most `limit`. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? limit;
}
