import { nearWords } from '../domain/values/near-words.ts';

/**
 * The candidate that the user most likely meant; null unless at most two letters, or a third of the letters, differ.
 */
export function suggest(word: string, candidates: readonly string[]): string | null {
  return nearWords(word, candidates)[0] ?? null;
}
