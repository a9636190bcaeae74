import { oneLine } from '../domain/values/one-line.ts';
import { isObject } from '../domain/values/json.ts';
import { Failure, type FailureKind } from '../failure.ts';
import { isCertificateCode, type TransportError } from '../http/transport-error.ts';

/** Why an exchange with Agent Connect failed. */
export class MedalliaProblem extends Error {
  readonly failure: Failure;
  /** The status of the answer; null when none came. */
  readonly status: number | null;
  /** The same request may succeed later. */
  readonly repeatable: boolean;
  /** No part of the request can have arrived. */
  readonly beforeConnect: boolean;
  /** The wait that the answer asks for; null when it asks for none. */
  readonly retryAfterMs: number | null;

  constructor(
    failure: Failure,
    details: {
      status?: number;
      repeatable?: boolean;
      beforeConnect?: boolean;
      retryAfterMs?: number | null;
    } = {},
  ) {
    super(failure.message, { cause: failure });
    this.name = 'MedalliaProblem';
    this.failure = failure;
    this.status = details.status ?? null;
    this.repeatable = details.repeatable ?? false;
    this.beforeConnect = details.beforeConnect ?? false;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

const keyHint =
  'Set the key and the secret from Settings > Integrations in Agent Connect: GCSAT_MEDALLIA_API_KEY, GCSAT_MEDALLIA_API_SECRET.';

/** Errors in what the company has set up there, not in one request (Agent Connect's help, Troubleshooting). */
const companyTexts =
  /channel (?:is )?(?:not enabled|in manual)|brand signifier|inactive brand|language not specified|not enabled for (?:the )?company/i;

/** The Problem behind an answer that is not a success. No error body is documented, so none is needed. */
export function refusedBy(
  host: string,
  operation: string,
  status: number,
  { said, retryAfterMs }: { said: string | null; retryAfterMs: number | null },
): MedalliaProblem {
  const why = said === null ? '' : `: ${said}`;
  const problem = (
    kind: FailureKind,
    code: string,
    message: string,
    hint: string,
    repeatable = false,
  ): MedalliaProblem =>
    new MedalliaProblem(new Failure(kind, code, message, { hint }), { status, repeatable, retryAfterMs });

  if (status === 401 || status === 403) {
    const message = `Agent Connect at ${host} refused our keys at ${operation} (${status})`;
    return problem('configuration', 'medallia_refused_keys', message, `${keyHint} Also check the clock.`);
  }
  if (status === 429) {
    const message = `${operation} hit Agent Connect's request limit (429)`;
    return problem('temporary', 'medallia_rate_limited', message, 'Wait a minute, then run it again.', true);
  }
  if (status >= 500) {
    const message = `Agent Connect at ${host} failed at ${operation} (${status}${why})`;
    return problem('temporary', 'medallia_unavailable', message, 'Wait a little, then run it again.', true);
  }
  if ((status >= 300 && status < 400) || status === 404 || status === 405) {
    const message = `${host} does not answer ${operation} like Agent Connect (${status})`;
    return problem(
      'configuration',
      'not_medallia',
      message,
      'Check GCSAT_MEDALLIA_URL, the host of the API.',
    );
  }
  const message = `Agent Connect refused ${operation} (${status}${why})`;
  if (said !== null && companyTexts.test(said)) {
    const hint =
      'Set medalliaChannels, medalliaBrand, or medalliaLanguage to a value that Agent Connect knows, or enable the channel there. Then waiting surveys are sent.';
    return problem('configuration', 'medallia_setup', message, hint);
  }
  if (operation !== 'createRequest') {
    const toReport = 'Check GCSAT_MEDALLIA_URL; if it is right, report this.';
    return problem('contract', 'medallia_refused', message, toReport);
  }
  const hint =
    'Correct what it names: the profile of the agent in Agent Connect, or the customer in Gladly. Then run `gcsat surveys retry`.';
  return problem('partial', 'medallia_refused', message, hint);
}

/** The Problem behind an exchange that brought no answer, or only part of one. */
export function interruptedAt(host: string, operation: string, error: TransportError): MedalliaProblem {
  const reason = error.code ?? oneLine(error.message, 200);
  if (error.reason === 'too_large') return unreadableBy(host, operation, `it is ${reason}`);
  const isCertificate = error.code !== null && isCertificateCode(error.code);
  const message =
    error.reason === 'timeout'
      ? `${host} gave ${reason} to ${operation}`
      : `The connection to ${host} failed at ${operation} (${reason})`;
  const hint =
    error.code === 'ENOTFOUND'
      ? 'No such host: check GCSAT_MEDALLIA_URL for a typo, and the network.'
      : 'Check the network, then run it again.';
  const code = error.reason === 'timeout' ? 'medallia_timeout' : 'medallia_network';
  return new MedalliaProblem(new Failure('temporary', code, message, { hint, cause: error }), {
    repeatable: !isCertificate && error.atProxy !== 'refused',
    beforeConnect: error.beforeConnect,
  });
}

/** An answer that we cannot use. */
export function unreadableBy(
  host: string,
  operation: string,
  why: string,
  repeatable = false,
): MedalliaProblem {
  const message = `The answer of ${host} to ${operation} cannot be used: ${why}`;
  const hint = 'Check GCSAT_MEDALLIA_URL and any proxy in between; if both are right, report this.';
  const kind = repeatable ? 'temporary' : 'contract';
  return new MedalliaProblem(new Failure(kind, 'medallia_unreadable', message, { hint }), { repeatable });
}

/** What the body of an error says, if a person can read it. */
export function saidBy(body: string): string | null {
  const text = body.trim();
  if (text === '' || text.startsWith('<')) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return null;
    const said = value['message'] ?? value['error'] ?? value['errors'];
    if (said === undefined || said === null) return null;
    return oneLine(typeof said === 'string' ? said : JSON.stringify(said), 200);
  } catch {
    return oneLine(text, 200);
  }
}
