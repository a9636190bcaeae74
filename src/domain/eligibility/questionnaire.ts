/** A text, or several, in each language, by BCP 47 tag. The tag '' stands for the profile's language. */
export type InLanguages<Value> = Readonly<Record<string, Value>>;

/** How the organization's own question is answered: by 0 to 10, one of several options, or words. */
export const questionKinds = ['scale', 'choice', 'text'] as const;

export type QuestionKind = (typeof questionKinds)[number];

/** The one question that an organization can add to its surveys. */
export type OwnQuestion =
  | {
      readonly kind: 'scale';
      readonly text: InLanguages<string>;
      /** What 0 and 10 mean. */
      readonly ends: InLanguages<readonly [least: string, most: string]> | null;
    }
  | {
      readonly kind: 'choice';
      readonly text: InLanguages<string>;
      /** The same number in every language, in the same order. */
      readonly options: InLanguages<readonly string[]>;
    }
  | { readonly kind: 'text'; readonly text: InLanguages<string> };

/** Reasons for a low rating: the same number in every language, in the same order. */
export type RatingReasons = InLanguages<readonly string[]>;

/**
 * The text in the best language that was written: for the first wanted tag that has one, its own or another of the same
 * language (`en` for `en-GB`); otherwise the first text that was written.
 *
 * @param wanted BCP 47 tags, best first
 */
export function bestOf<Value>(
  texts: InLanguages<Value>,
  wanted: readonly string[],
): { readonly language: string; readonly value: Value } {
  const written = Object.entries(texts);
  const base = (tag: string): string => tag.toLowerCase().replace(/-.*/s, '');
  const found = wanted
    .flatMap((tag) => [
      written.find(([language]) => language.toLowerCase() === tag.toLowerCase()),
      written.find(([language]) => base(language) === base(tag)),
    ])
    .find((entry) => entry !== undefined);
  const best = found ?? written[0];
  if (best === undefined) throw new Error('no language was written');
  const [language, value] = best;
  return { language, value };
}
