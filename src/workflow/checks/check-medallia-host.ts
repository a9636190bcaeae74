import { createTransport } from '../../http/transport.ts';
import { TransportError } from '../../http/transport-error.ts';
import { interruptedAt } from '../../medallia/problems.ts';
import type { DomainAnswer } from './check-domain.ts';

/**
 * What answers at Agent Connect's host, with one request and no keys, so that a wrong host receives none. A refusal is
 * the right answer.
 *
 * @throws Failure kind temporary when nothing answers
 */
export async function checkMedalliaHost(
  origin: string,
  signal: AbortSignal,
  waitMs: number,
): Promise<DomainAnswer> {
  const transport = createTransport({ origin, headers: {}, userAgent: 'gcsat', signal });
  try {
    const answer = await transport.send({
      method: 'GET',
      path: '/v2/employees',
      accept: 'application/json',
      time: { whole: waitMs },
    });
    await answer.drain();
    const atMs = Date.parse(answer.header('date') ?? '');
    return { status: answer.status, atMs: Number.isNaN(atMs) ? null : atMs };
  } catch (error) {
    throw error instanceof TransportError
      ? interruptedAt(transport.host, 'listEmployees', error).failure
      : error;
  } finally {
    transport.close();
  }
}
