import { harmless } from '../../domain/survey/rich-text.ts';

/** What the customer filled in. Of two answers to one question nobody knows which is meant: they are none. */
export interface FilledIn {
  /** 1 to 5; null: none, or none that can be read. */
  rating: number | null;
  resolved: boolean | null;
  /** The last one, where there are several. */
  comment: string | null;
}

/** In UTF-16 units, as `maxlength` counts them. */
export const longestComment = 25_000;

/**
 * The form of a POST. What is no answer to a question counts as not answered; only the rating has to be there,
 * which is for the caller to say.
 */
export async function readAnswerForm(request: Request): Promise<FilledIn | 'wrong_type' | 'not_understood'> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i.test(type))
    return 'wrong_type';
  const fields = await readFields(request);
  if (fields === null) return 'not_understood';
  const textsOf = (name: string): string[] =>
    fields.getAll(name).filter((value) => typeof value === 'string');
  const only = (name: string): string => {
    const [text = '', ...others] = new Set(textsOf(name));
    return others.length === 0 ? text : '';
  };
  const comment = harmless(textsOf('comment').at(-1) ?? '').trim();
  return {
    rating: readRating(only('rating')),
    resolved: readResolved(only('resolved')),
    comment: comment === '' ? null : comment,
  };
}

/** A rating in a form or in a link. */
export function readRating(text: string): number | null {
  return /^[1-5]$/.test(text) ? Number(text) : null;
}

function readResolved(text: string): boolean | null {
  if (text === 'yes') return true;
  return text === 'no' ? false : null;
}

async function readFields(request: Request): Promise<FormData | null> {
  try {
    // Deprecated for bodies without a bound; the server has read this one within its own.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return await request.formData();
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
