import { z } from 'zod';
import { Failure, type FailureKind, type FailureScope } from '../../failure.ts';
import { isCertificateCode } from './transport.ts';
import type { TransportError } from './transport.ts';

/** What was asked of Gladly, as far as a message may tell. */
export interface Asked {
  /** The operationId of the contract. */
  operation: string;
  host: string;
  /** What the id names, e.g. `conversation`; null when it is not an id of Gladly's, as the name of a report. */
  noun: string | null;
  /** Null for lists. */
  id: string | null;
}

/** One entry of an error answer (Error Handling). */
export interface GladlyError {
  attr: string | null;
  code: string | null;
  detail: string | null;
  /** For the code `moved`: the id under which the customer lives now. */
  movedTo: string | null;
}

/** What an answer that is not a success said. */
export interface Refusal {
  status: number;
  errors: GladlyError[];
  location: string | null;
  retryAfterMs: number | null;
}

/** Why one exchange did not give what was asked, and whether the same request may be tried again. */
export class Problem extends Error {
  readonly failure: Failure;
  /** Gladly's answer, when there was one that was not a success. */
  readonly refusal: Refusal | null;
  readonly repeatable: boolean;
  /** Nothing of the request can have arrived. */
  readonly beforeConnect: boolean;

  constructor(
    failure: Failure,
    details: { refusal?: Refusal; repeatable?: boolean; beforeConnect?: boolean } = {},
  ) {
    super(failure.message, { cause: failure });
    this.name = 'Problem';
    this.failure = failure;
    this.refusal = details.refusal ?? null;
    this.repeatable = details.repeatable ?? false;
    this.beforeConnect = details.beforeConnect ?? false;
  }
}

export function failureAbout(
  asked: Asked,
  kind: FailureKind,
  code: string,
  message: string,
  hint: string,
  { cause, scope }: { cause?: unknown; scope?: FailureScope } = {},
): Failure {
  return new Failure(kind, code, message, {
    hint,
    ...(scope === undefined ? {} : { scope }),
    ...(asked.noun === 'conversation' && asked.id !== null ? { conversationId: asked.id } : {}),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The operation and what it was about, e.g. `getItem of item abc`. */
function describe(asked: Asked): string {
  if (asked.id === null) return asked.operation;
  return `${asked.operation} of ${asked.noun === null ? '' : `${asked.noun} `}${plain(asked.id, 80)}`;
}

export function notFound(asked: Asked, noun: string, id: string): Failure {
  const message = `Gladly at ${asked.host} knows no ${noun} ${id === '' ? 'with an empty id' : plain(id, 80)}`;
  const hint = 'Check the id, and that it belongs to this organization and environment.';
  return failureAbout(asked, 'not_found', `${noun}_not_found`, message, hint);
}

/** An answer that we cannot use: Gladly changed, or something between us and Gladly answered. */
export function unreadable(asked: Asked, why: string, details: { repeatable?: boolean } = {}): Problem {
  const message = `The answer of ${asked.host} to ${describe(asked)} cannot be used: ${why}`;
  const hint = 'Check the domain and any proxy in between; if both are right, report this.';
  return new Problem(failureAbout(asked, 'contract', 'unreadable_answer', message, hint), details);
}

/** A stream that stopped before its end, although the connection says nothing of it. */
export function cutOff(asked: Asked): Problem {
  const message = `The answer of ${asked.host} to ${describe(asked)} ended too early`;
  const failure = failureAbout(asked, 'temporary', 'network', message, 'Run it again.');
  return new Problem(failure, { repeatable: true });
}

/** What an answer that is not a success means (Error Handling, Rate Limit). */
export function refused(asked: Asked, refusal: Refusal): Problem {
  const { status } = refusal;
  const said = saying(refusal.errors);
  const problem = (
    kind: FailureKind,
    code: string,
    message: string,
    hint: string,
    { repeatable = false, ...details }: { repeatable?: boolean; scope?: FailureScope } = {},
  ): Problem => new Problem(failureAbout(asked, kind, code, message, hint, details), { refusal, repeatable });

  if (status === 401) {
    const hint = 'Check the e-mail address and the API token; a token is good for one environment only.';
    return problem('credentials', 'unauthorized', `${asked.host} refused the credentials (401)`, hint);
  }
  if (status === 403) {
    const message = `${asked.host} does not let this API user do ${describe(asked)} (403)`;
    const hint = 'Give the user the permission API User; reports also need the Administrator role.';
    // Another request may well be permitted.
    return problem('credentials', 'forbidden', message, hint, { scope: 'permission' });
  }
  if (status === 404 && asked.noun !== null && asked.id !== null) {
    return new Problem(notFound(asked, asked.noun, asked.id), { refusal });
  }
  if (status === 429) {
    const message = `The rate limit of the organization was used up at ${describe(asked)} (429)`;
    const hint = `${waitHint(refusal.retryAfterMs)} A lower rate share leaves more to others.`;
    return problem('temporary', 'rate_limited', message, hint, { repeatable: true });
  }
  if (status >= 500) {
    const message = `${asked.host} failed at ${describe(asked)} (${status}${said})`;
    return problem('temporary', 'gladly_unavailable', message, waitHint(refusal.retryAfterMs), {
      repeatable: true,
    });
  }
  if (status >= 300 && status < 400) {
    const message = `${asked.host} answered ${describe(asked)} with a redirect (${status}), which is not followed`;
    return problem('contract', 'redirected', message, 'Check that the domain is the one of your Gladly.');
  }
  const message = `${asked.host} refused ${describe(asked)} (${status}${said})`;
  return problem('contract', 'refused', message, 'Check the domain; if it is right, report this.');
}

/** What no answer, or half an answer, means. */
export function interrupted(asked: Asked, error: TransportError): Problem {
  const because = error.code ?? plain(error.message, 200);
  if (error.reason === 'too_large') return unreadable(asked, `it is ${because}`);
  if (error.reason === 'timeout') {
    const message = `${asked.host} gave ${because} to ${describe(asked)}`;
    const hint = 'Run it again, or allow more time with --timeout.';
    return new Problem(failureAbout(asked, 'temporary', 'timeout', message, hint, { cause: error }), {
      repeatable: true,
    });
  }
  const refusedCertificate = error.code !== null && isCertificateCode(error.code);
  const message = refusedCertificate
    ? `The certificate of ${asked.host} was not accepted at ${describe(asked)} (${because})`
    : `The connection to ${asked.host} failed at ${describe(asked)} (${because})`;
  return new Problem(
    failureAbout(asked, 'temporary', 'network', message, networkHint(error), { cause: error }),
    {
      // A certificate does not get better by asking again.
      repeatable: !refusedCertificate,
      beforeConnect: error.beforeConnect,
    },
  );
}

function networkHint(error: TransportError): string {
  if (error.code === 'ENOTFOUND') return 'No such host: check the domain for a typo, and the network.';
  if (error.code !== null && isCertificateCode(error.code)) {
    return 'If a proxy inspects your traffic, name its certificate in NODE_EXTRA_CA_CERTS; else do not trust this host.';
  }
  return 'Check the network, then run it again.';
}

/** How long to wait, for a person. */
export function waitHint(retryAfterMs: number | null): string {
  if (retryAfterMs === null) return 'Wait a little, then run it again.';
  const seconds = Math.ceil(retryAfterMs / 1000);
  if (seconds <= 120) return `Wait ${seconds} s, then run it again.`;
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 1440
    ? `Wait ${minutes} minutes, then run it again.`
    : 'Gladly asks to wait for more than a day.';
}

const word = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' || typeof value === 'number' ? String(value) : null));

const gladlyError = z
  .object({ attr: word, code: word, detail: word, meta: z.object({ new: word }).catch({ new: null }) })
  .transform(({ attr, code, detail, meta }): GladlyError => ({ attr, code, detail, movedTo: meta.new }));

/**
 * The errors of a body, in any of the three shapes that occur: `errors` as an array, `errors` as one object, a
 * bare array. Anything else, also no body, has none.
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

function saying(errors: readonly GladlyError[]): string {
  const sentences = errors
    .slice(0, 3)
    .map((error) => [error.attr, error.code, error.detail].filter((part) => part !== null).join(' '))
    .filter((sentence) => sentence !== '');
  return sentences.length === 0 ? '' : `: ${plain(withoutAddresses(sentences.join('; ')), 300)}`;
}

/** Gladly repeats what it was sent; addresses and numbers of customers have no place in a message of ours. */
function withoutAddresses(text: string): string {
  return text.replace(/[^\s@<>"'[\](),;]+@[^\s@<>"'[\](),;]+/g, '***').replace(/\+\d[\d ().-]{5,}\d/g, '***');
}

/** One line without control or direction characters, cut to a number of characters. */
export function plain(text: string, maxLength: number): string {
  // eslint-disable-next-line no-control-regex -- these are the characters to remove
  const harmful = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g;
  const characters = Array.from(text.replace(harmful, ' '));
  return characters.length <= maxLength ? characters.join('') : `${characters.slice(0, maxLength).join('')}…`;
}
