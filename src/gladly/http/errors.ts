import { oneLine } from '../../domain/values/one-line.ts';
import { Failure, type FailureDetails, type FailureKind } from '../../failure.ts';
import { summaryOf, type Refusal } from './refusal.ts';
import { isCertificateCode, TransportError } from '../../http/transport-error.ts';

/** What a request is about, as far as a message may say. */
export interface Subject {
  /** The operationId of the contract. */
  operation: string;
  host: string;
  /** What the id names, e.g. `conversation`; null when the id is not Gladly's, such as the name of a report. */
  noun: string | null;
  /** Null for lists. */
  id: string | null;
}

/** Why an exchange failed, and whether the same request may be tried again. */
export class Problem extends Error {
  readonly failure: Failure;
  /** Gladly's answer, if there was one and it was not a success. */
  readonly refusal: Refusal | null;
  readonly repeatable: boolean;
  /** No part of the request can have arrived. */
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

  /** Whether Gladly itself answered with one of these statuses: a web page comes from a server in front of Gladly. */
  isAnswered(...statuses: readonly number[]): boolean {
    return this.refusal !== null && !this.refusal.isPage && statuses.includes(this.refusal.status);
  }
}

export function failureAbout(
  subject: Subject,
  kind: FailureKind,
  code: string,
  message: string,
  hint: string,
  { cause, ...reach }: Pick<FailureDetails, 'cause' | 'scope' | 'passes'> = {},
): Failure {
  return new Failure(kind, code, message, {
    hint,
    ...reach,
    ...(subject.noun === 'conversation' && subject.id !== null ? { conversationId: subject.id } : {}),
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Turns an error of an exchange into a Problem. Other errors, such as a signal's reason or a defect, stay as they are.
 */
export function problemOf(subject: Subject, error: unknown): unknown {
  return error instanceof TransportError ? interrupted(subject, error) : error;
}

/** The operation and its object, e.g. `getItem for item abc`. */
function describe({ operation, noun, id }: Subject): string {
  return id === null ? operation : `${operation} for ${noun === null ? '' : `${noun} `}${oneLine(id, 80)}`;
}

export function notFound(subject: Subject, noun: string, id: string): Failure {
  const message = `Gladly at ${subject.host} has no ${noun} ${id === '' ? 'with an empty id' : oneLine(id, 80)}`;
  const hint = 'Check the id, and that it belongs to this organization and environment.';
  return failureAbout(subject, 'not_found', `${noun}_not_found`, message, hint);
}

/** An answer that we cannot use: Gladly changed, or something between us and Gladly answered. */
export function unreadable(subject: Subject, why: string, details: { repeatable?: boolean } = {}): Problem {
  const message = `The answer from ${subject.host} to ${describe(subject)} cannot be used: ${why}`;
  const hint = 'Check the domain and any proxy in between; if both are right, report this.';
  return new Problem(failureAbout(subject, 'contract', 'unreadable_answer', message, hint), details);
}

/** Something else came in place of the answer. Temporary: a later try may get the real answer. */
export function notAnAnswer(subject: Subject, found: string): Problem {
  const message = `Instead of data, ${subject.host} answered ${describe(subject)} with ${found}`;
  const hint = 'Run it again. If this continues, check the domain and any proxy in between.';
  return new Problem(failureAbout(subject, 'temporary', 'not_an_answer', message, hint), {
    repeatable: true,
  });
}

/** A stream that stopped before its end, although the connection reported no error. */
export function cutOff(subject: Subject): Problem {
  const message = `The answer of ${subject.host} to ${describe(subject)} ended too early`;
  const failure = failureAbout(subject, 'temporary', 'network', message, 'Run it again.');
  return new Problem(failure, { repeatable: true });
}

/**
 * With these statuses a server says that it did not act on the request, and that the same request may succeed later
 * (RFC 9110 15.5.9, RFC 8470).
 */
const passingStatuses: readonly number[] = [408, 423, 425];

/** Redirects that last for a while only, as to a page about maintenance (RFC 9110 15.4). */
const passingRedirects: ReadonlySet<number> = new Set([302, 303, 307]);

/** Operations that need more than the right to read conversations, so that Gladly may refuse these alone. */
const extraRights: ReadonlySet<string> = new Set(['generateReport', 'findJobs', 'getFile']);

export function passesAt(status: number): boolean {
  return passingStatuses.includes(status);
}

/** The Problem behind an answer that is not a success (Error Handling, Rate Limit). */
export function refused(subject: Subject, refusal: Refusal): Problem {
  const { status } = refusal;
  const { host } = subject;
  const operation = describe(subject);
  const summary = summaryOf(refusal.errors);
  const problem = (
    kind: FailureKind,
    code: string,
    message: string,
    hint: string,
    {
      repeatable = false,
      ...details
    }: { repeatable?: boolean } & Pick<FailureDetails, 'scope' | 'passes'> = {},
  ): Problem =>
    new Problem(failureAbout(subject, kind, code, message, hint, details), { refusal, repeatable });

  if (status === 401) {
    const hint = 'Check the email address and the API token; a token works in one environment only.';
    const scope = extraRights.has(subject.operation) ? 'permission' : 'run';
    return problem('credentials', 'unauthorized', `${host} refused the credentials (401)`, hint, { scope });
  }
  if (status === 403) {
    const role = subject.operation === 'generateReport' ? ': reports need the Administrator role' : '';
    const message = `${host} does not permit this API user ${operation} (403)${role}`;
    const hint = 'Give the user the permission API User; reports also need the Administrator role.';
    return problem('credentials', 'forbidden', message, hint, { scope: 'permission' });
  }
  // Gladly answers with JSON or nothing: a page comes from a server in front of it, which knows none of its objects.
  if ((status === 400 || status === 404 || status === 409) && refusal.isPage) {
    const { message, hint } = notAnAnswer(subject, `a web page (${status})`).failure;
    return problem('temporary', 'not_an_answer', message, hint, { repeatable: true });
  }
  if (status === 404 && subject.noun !== null && subject.id !== null) {
    return new Problem(notFound(subject, subject.noun, subject.id), { refusal });
  }
  if (status === 429) {
    const message = `${operation} hit the organization's rate limit (429)`;
    const hint = `${waitHint(refusal.retryAfterMs)} A lower rate share leaves more for other programs.`;
    return problem('temporary', 'rate_limited', message, hint, { repeatable: true });
  }
  if (status >= 500 || passesAt(status)) {
    const message = `${host} failed at ${operation} (${status}${summary})`;
    return problem('temporary', 'gladly_unavailable', message, waitHint(refusal.retryAfterMs), {
      repeatable: true,
    });
  }
  if (status >= 300 && status < 400) {
    const message = `${host} answered ${operation} with a redirect (${status}), which is not followed`;
    const hint = 'Check that the domain is your own Gladly domain.';
    return problem('contract', 'redirected', message, hint, { passes: passingRedirects.has(status) });
  }
  const message = `${host} refused ${operation} (${status}${summary})`;
  return problem('contract', 'refused', message, 'Check the domain; if it is right, report this.');
}

/** The Problem behind an exchange that brought no answer, or only part of one. */
function interrupted(subject: Subject, error: TransportError): Problem {
  const reason = error.code ?? oneLine(error.message, 200);
  if (error.reason === 'too_large') return unreadable(subject, `it is ${reason}`);
  if (error.reason === 'endless') {
    const message = `The answer from ${subject.host} to ${describe(subject)} does not end: ${reason}`;
    const hint = 'Run it again. If this continues, look at the proxy in between.';
    return new Problem(failureAbout(subject, 'temporary', 'endless_answer', message, hint, { cause: error }));
  }
  if (error.reason === 'timeout') {
    const message = `${subject.host} gave ${reason} to ${describe(subject)}`;
    const hint = 'Run it again, or allow more time with --timeout.';
    return new Problem(failureAbout(subject, 'temporary', 'timeout', message, hint, { cause: error }), {
      repeatable: true,
    });
  }
  const isCertificate = error.code !== null && isCertificateCode(error.code);
  const message = isCertificate
    ? `The certificate of ${subject.host} was not accepted at ${describe(subject)} (${reason})`
    : `The connection to ${subject.host} failed at ${describe(subject)} (${reason})`;
  const hint =
    error.atProxy !== null
      ? `Check HTTPS_PROXY and NO_PROXY, and that the proxy lets ${subject.host} through.`
      : networkHint(error.code, isCertificate);
  return new Problem(failureAbout(subject, 'temporary', 'network', message, hint, { cause: error }), {
    // The next try would meet the same certificate, or the same refusal.
    repeatable: !isCertificate && error.atProxy !== 'refused',
    beforeConnect: error.beforeConnect,
  });
}

function networkHint(code: string | null, isCertificate: boolean): string {
  if (code === 'ENOTFOUND') return 'No such host: check the domain for a typo, and the network.';
  return isCertificate
    ? 'If a proxy inspects your traffic, name its certificate in NODE_EXTRA_CA_CERTS; otherwise, do not trust this host.'
    : 'Check the network, then run it again.';
}

/** How long to wait, worded for a person. */
export function waitHint(retryAfterMs: number | null): string {
  if (retryAfterMs === null) return 'Wait a little, then run it again.';
  const seconds = Math.ceil(retryAfterMs / 1000);
  if (seconds <= 120) return `Wait ${seconds} s, then run it again.`;
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 1440
    ? `Wait ${minutes} minutes, then run it again.`
    : 'Gladly asks you to wait for more than a day.';
}
