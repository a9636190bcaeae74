import type { Gauge } from 'prom-client';
import type { Serving, ServingFigures } from '../workflow/serving/serve.ts';
import type { MedalliaListener } from '../workflow/serving/keep-medallia.ts';
import { requestMetrics, type MakeCounter } from './request-metrics.ts';

type MakeGauge = <Label extends string = never>(
  name: string,
  help: string,
  ...labels: Label[]
) => Gauge<Label>;

export interface MedalliaMetrics extends MedalliaListener {
  read(scrape: {
    queue: ServingFigures | null;
    requests: ReturnType<Serving['medalliaRequests']>;
    now: number;
  }): void;
}

/** The operations in the contract that gcsat uses. */
const operations = ['createRequest', 'listFeedback', 'listEmployees'];

/** Metrics of Medallia Agent Connect: requests, what was read, and which closings do not count there. */
export function createMedalliaMetrics(counter: MakeCounter, gauge: MakeGauge): MedalliaMetrics {
  const readRequests = requestMetrics(counter, { prefix: 'medallia', name: 'Agent Connect', operations });
  const pulls = counter('medallia_pulls_total', 'Pulls of new rows from Agent Connect, by result.', 'result');
  const rows = counter('medallia_rows_total', 'Rows that were read from Agent Connect.');
  const strange = counter('medallia_rows_unmatched_total', 'Rows that match no closing of the ledger.');
  const age = gauge(
    'medallia_pull_age_seconds',
    'Time since everything at Agent Connect was last read, by any process on the ledger.',
  );
  const counts = gauge(
    'medallia_counts_waiting',
    'Closings without a survey that Agent Connect may not count yet, by state.',
    'state',
  );
  for (const result of ['done', 'failed']) pulls.inc({ result }, 0);

  return {
    pulled({ rows: read, unmatched }) {
      pulls.inc({ result: 'done' });
      rows.inc(read);
      strange.inc(unmatched);
    },
    pullFailed: () => pulls.inc({ result: 'failed' }),
    read({ queue, requests, now }) {
      readRequests(requests);
      counts.reset();
      const readAt = queue?.medalliaReadAt ?? null;
      if (readAt === null) age.remove();
      else age.set(Math.max(0, (now - Date.parse(readAt)) / 1000));
      if (queue === null) return;
      const { count, uncertain, leftOut } = queue.counts;
      for (const [state, figure] of Object.entries({ due: count, uncertain, left_out: leftOut }))
        counts.set({ state }, figure);
    },
  };
}
