import type { Counter } from 'prom-client';

export type MakeCounter = <Label extends string = never>(
  name: string,
  help: string,
  ...labels: Label[]
) => Counter<Label>;

/** Requests to one API since the start, as its client counts them. */
interface SentRequests {
  byOperation: Readonly<Record<string, number>>;
  retried: number;
  rateLimited: number;
}

/**
 * Counters of the requests to one API.
 *
 * @param operations those that have a figure from the start: rate() sees the first request only if there was a 0
 *   before it
 * @returns a function that takes over what the API's client has counted; null: it has sent no request
 */
export function requestMetrics(
  counter: MakeCounter,
  { prefix, name, operations }: { prefix: string; name: string; operations: Iterable<string> },
): (sent: SentRequests | null) => void {
  const requests = counter(
    `${prefix}_requests_total`,
    `Requests sent to ${name}, by operation.`,
    'operation',
  );
  const retried = counter(`${prefix}_requests_retried_total`, `Requests to ${name} that were retries.`);
  const limited = counter(`${prefix}_rate_limited_total`, `Requests that ${name} answered with 429.`);
  return (sent) => {
    for (const figure of [requests, retried, limited]) figure.reset();
    for (const operation of operations) requests.inc({ operation }, 0);
    if (sent === null) return;
    for (const [operation, count] of Object.entries(sent.byOperation)) requests.inc({ operation }, count);
    retried.inc(sent.retried);
    limited.inc(sent.rateLimited);
  };
}
