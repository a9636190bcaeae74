import { speechOf, wordsOf, type Language } from './languages.ts';
import type { Words } from './sentences.ts';

/** Sentences that the operator wrote, in one language; null: ours. */
export interface OwnTexts {
  /** A BCP 47 tag. Readers of other languages get our sentences, so that no page mixes two languages. */
  language: string;
  /** `{agent}` is the agent's first name; if that is unknown, our question is used. */
  question: string | null;
  resolved: string | null;
  comment: string | null;
  thanksTitle: string | null;
  thanks: string | null;
}

export function wordsWith(language: Language, own: OwnTexts | undefined): Words {
  const words = wordsOf(language);
  if (own === undefined || speechOf(own.language)?.language !== language) return words;
  const { page } = words;
  const { question, thanks } = own;
  return {
    ...words,
    question: (agent) =>
      question === null || (agent === null && question.includes('{agent}'))
        ? words.question(agent)
        : question.replaceAll('{agent}', () => agent ?? ''),
    page: {
      ...page,
      resolved: own.resolved ?? page.resolved,
      comment: own.comment ?? page.comment,
      thanks: own.thanksTitle ?? page.thanks,
      saved: thanks === null ? page.saved : () => thanks,
    },
  };
}
