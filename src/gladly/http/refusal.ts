import * as z from 'zod';
import { oneLine } from '../../domain/values/one-line.ts';
import { textOf } from '../../domain/values/json.ts';

/** One entry of an error answer (Error Handling). */
export interface GladlyError {
  attr: string | null;
  code: string | null;
  detail: string | null;
  /** For the code `moved`: the id that the customer has now. */
  movedTo: string | null;
}

/** An answer that is not a success. */
export interface Refusal {
  status: number;
  errors: GladlyError[];
  /** The body is a web page, which Gladly never sends. */
  isPage: boolean;
  location: string | null;
  retryAfterMs: number | null;
}

const text = z.unknown().optional().transform(textOf);

const gladlyError = z
  .object({ attr: text, code: text, detail: text, meta: z.object({ new: text }).catch({ new: null }) })
  .transform(({ attr, code, detail, meta }): GladlyError => ({ attr, code, detail, movedTo: meta.new }));

/**
 * The errors of a body, in any of the three shapes that occur: `errors` as an array, `errors` as one object, or a bare
 * array. Any other body has none.
 */
export function readErrors(body: string): GladlyError[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  const errors = typeof value === 'object' && value !== null && 'errors' in value ? value.errors : value;
  const list: unknown[] = Array.isArray(errors) ? errors : [errors];
  return list.flatMap((entry) => {
    const parsed = gladlyError.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}

/** What Gladly says, for the end of a message: empty, or a colon and one line. */
export function summaryOf(errors: readonly GladlyError[]): string {
  const sentences = errors
    .slice(0, 3)
    .map((error) => [error.attr, error.code, error.detail].filter((part) => part !== null).join(' '))
    .filter((sentence) => sentence !== '');
  return sentences.length === 0 ? '' : `: ${oneLine(withoutAddresses(sentences.join('; ')), 300)}`;
}

/** Gladly repeats what it was sent, and customers' addresses and numbers do not belong in our messages. */
export function withoutAddresses(text: string): string {
  return text.replace(/[^\s@<>"'[\](),;]+@[^\s@<>"'[\](),;]+/g, '***').replace(/\+\d[\d ().-]{5,}\d/g, '***');
}
