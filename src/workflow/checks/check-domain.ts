import { Failure } from '../../failure.ts';
import { problemOf, Problem } from '../../gladly/http/errors.ts';
import { createTransport } from '../../http/transport.ts';

/** For a person who waits at a question. */
const patienceMs = 10_000;

export interface DomainAnswer {
  status: number;
  /** Its clock, by the Date header: whole seconds; null where it names none. */
  atMs: number | null;
}

/**
 * Whether Gladly's API answers there, asked once and without credentials: a typo must not get any.
 *
 * @throws Failure kind temporary when nothing answers, kind contract when something else than Gladly does
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
    throw new Failure('contract', 'not_gladly', `${host} answers, but not as Gladly does (${status})`, {
      hint: 'Check the domain for a typo.',
    });
  } catch (error) {
    const problem = problemOf({ operation: 'getOrganization', host, noun: null, id: null }, error);
    throw problem instanceof Problem ? problem.failure : problem;
  } finally {
    transport.close();
  }
}
