import type { Words } from './sentences.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';
import { fr } from './words/fr.ts';

const words = { en, es, fr, de } satisfies Record<string, Words>;

export type Language = keyof typeof words;

export const languages = Object.keys(words) as readonly Language[];

export function wordsOf(language: Language): Words {
  return words[language];
}
