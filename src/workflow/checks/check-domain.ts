import { Failure } from '../../failure.ts';
import { problemOf, Problem } from '../../gladly/http/errors.ts';
import { createTransport } from '../../http/transport.ts';

/** Short, because a person is waiting at a prompt. */
const patienceMs = 10_000;

export interface DomainAnswer {
  status: number;
  /** The server's clock from the Date header, in whole seconds; null without that header. */
  atMs: number | null;
}

/**
 * Checks that Gladly's API answers there, with one request and no credentials: a typo must not receive any.
 *
 * @throws Failure kind temporary when nothing answers, kind contract when something other than Gladly does
 */
export async function checkDomain(
  origin: string,
  signal: AbortSignal,
  waitMs = patienceMs,
): Promise<DomainAnswer> {
  const transport = createTransport({ origin, headers: {}, userAgent: 'gcsat', signal });
  const { host } = transport;
  try {
    const answer = await transport.send({
      method: 'GET',
      path: '/api/v1/organization',
      accept: 'application/json',
      time: { whole: waitMs },
    });
    await answer.drain();
    const { status } = answer;
    const isJson = (answer.header('content-type') ?? '').includes('json');
    if (status === 401 || status === 403 || status === 429 || status >= 500 || (status < 300 && isJson)) {
      const atMs = Date.parse(answer.header('date') ?? '');
      return { status, atMs: Number.isNaN(atMs) ? null : atMs };
    }
    throw new Failure('contract', 'not_gladly', `${host} answers, but not like Gladly (${status})`, {
      hint: 'Check the domain for a typo.',
    });
  } catch (error) {
    const problem = problemOf({ operation: 'getOrganization', host, noun: null, id: null }, error);
    throw problem instanceof Problem ? problem.failure : problem;
  } finally {
    transport.close();
  }
}
