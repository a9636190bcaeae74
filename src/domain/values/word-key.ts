import { nameKey } from './name-key.ts';

/** One word of a name as our lists have it: in lower case and without accents, which many people leave out. */
export function wordKey(word: string): string {
  return nameKey(word).normalize('NFD').replaceAll(/\p{M}/gu, '');
}

/** @param text words separated by white space */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/u).filter(Boolean).map(wordKey));
}
