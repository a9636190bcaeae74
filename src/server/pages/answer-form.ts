import { harmless } from '../../domain/rich-text.ts';

/** What the customer filled in; of a field that stands there twice, the last one counts. */
export interface FilledIn {
  /** 1 to 5; null: none, or none that can be read. */
  rating: number | null;
  resolved: boolean | null;
  comment: string | null;
}

/** In UTF-16 units, as `maxlength` counts them. */
export const longestComment = 25_000;

/** Room for the longest comment, each character of it as three bytes in percent signs. */
const largestBody = 256 * 1024;

/**
 * The form of a POST. What is no answer to a question counts as not answered; only the rating has to be there,
 * which is for the caller to say.
 */
export async function readAnswerForm(
  request: Request,
): Promise<FilledIn | 'too_large' | 'wrong_type' | 'not_understood'> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i.test(type))
    return 'wrong_type';
  const bytes = await readBody(request);
  if (bytes === null) return 'too_large';
  const fields = await readFields(bytes, type);
  if (fields === null) return 'not_understood';
  const last = (name: string): string => {
    const value = fields.getAll(name).at(-1);
    return typeof value === 'string' ? value : '';
  };
  const comment = harmless(last('comment')).trim();
  return {
    rating: readRating(last('rating')),
    resolved: readResolved(last('resolved')),
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

/** Null when it is too large; the rest of it is not read then. */
async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(request.headers.get('content-length') ?? 0) > largestBody) return null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > largestBody) return null;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

async function readFields(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<FormData | null> {
  try {
    // Deprecated for bodies without a bound, and this one is bounded.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return await new Response(bytes, { headers: { 'content-type': type } }).formData();
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
