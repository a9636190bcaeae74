import { harmless } from '../../domain/survey/rich-text.ts';

/** What the customer filled in. Two different answers to one question count as no answer. */
export interface FilledIn {
  /** 1 to 5; null: missing or not readable. */
  rating: number | null;
  resolved: boolean | null;
  /** The last comment, if there are several. */
  comment: string | null;
  /** Asked only if the survey has a form; as received, and empty without an answer. */
  reason: string;
  answer: string;
}

export const nothingFilledIn: FilledIn = {
  rating: null,
  resolved: null,
  comment: null,
  reason: '',
  answer: '',
};

/** In UTF-16 units, as `maxlength` counts them. */
export const longestComment = 25_000;

/**
 * Reads the form of a POST. An invalid answer to a question counts as no answer; it is up to the caller to require a
 * rating.
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
    reason: only('reason'),
    // Like a comment, a text answer may have several lines.
    answer: harmless(only('answer')).trim(),
  };
}

function readRating(text: string): number | null {
  return /^[1-5]$/.test(text) ? Number(text) : null;
}

/**
 * A rating in a link. Ignores what mail programs leave of quoted-printable before it, and what follows a link in a
 * text.
 */
export function readLinkedRating(text: string): number | null {
  const [, rating = ''] = /^(?:3D)?([1-5])(?:\W.*)?$/s.exec(text) ?? [];
  return readRating(rating);
}

function readResolved(text: string): boolean | null {
  if (text === 'yes') return true;
  return text === 'no' ? false : null;
}

async function readFields(request: Request): Promise<FormData | null> {
  try {
    // Deprecated because a body can be endless; the server has read this one within its limit.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return await request.formData();
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
