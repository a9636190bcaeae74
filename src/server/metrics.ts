import { alertWays, type AlertWay } from '../domain/survey/alert.ts';
import { reasonCodes, type Reason } from '../domain/closing/reason.ts';
import type { RequestFigures, SurveyOutcome } from '../documents/survey.ts';
import { operations } from '../ports/operations.ts';
import type { Serving, ServingFigures } from '../workflow/serving/serve.ts';
import type { EndedFor } from './connections.ts';
import { createMedalliaMetrics } from './medallia-metrics.ts';
import { requestMetrics } from './request-metrics.ts';
import { routes, type Route } from './routes.ts';
import type { MedalliaListener } from '../workflow/serving/keep-medallia.ts';

declare const GCSAT_VERSION: string;

/** Figures that are read at the moment of a scrape. */
interface Scrape {
  /** Null: the ledger could not be read. */
  queue: ServingFigures | null;
  requests: RequestFigures;
  medalliaRequests: ReturnType<Serving['medalliaRequests']>;
  /** Epoch milliseconds. */
  now: number;
}

export interface Metrics extends MedalliaListener {
  /** To be called when the queue is done with a closing. */
  finished(outcome: SurveyOutcome, reasons: readonly Reason[]): void;
  accepted(): void;
  /** @param type as Gladly wrote it; only known names become labels */
  ignored(type: string): void;
  /** An event about a closing that does not identify it. */
  unusable(): void;
  answered(): void;
  cardPosted(): void;
  cardFailed(): void;
  reminded(result: 'sent' | 'left_out' | 'failed' | 'uncertain'): void;
  alerted(way: AlertWay, result: 'sent' | 'failed' | 'uncertain'): void;
  /** A connection was closed to make room: there were too many in all, or too many from one address. */
  connectionEnded(why: EndedFor): void;
  /** @param status null: the client left before the answer */
  observe(route: Route, status: number | null, seconds: number): void;
  /** The metrics in the text format of Prometheus. */
  text(scrape: Scrape): Promise<string>;
}

/** The subjects of Gladly's events: the first part of their names. */
const subjects = new Set([
  'AGENT_AVAILABILITY',
  'AGENT_STATUS',
  'CONTACT',
  'CONVERSATION',
  'CONVERSATION_ASSIGNEE',
  'CONVERSATION_STATUS',
  'CUSTOMER',
  'CUSTOMER_PROFILE',
  'EXPORT_JOB',
  'FOCUS',
  'PAYMENT_REQUEST',
  'TASK',
]);

const outcomes: readonly SurveyOutcome[] = [
  ...(['sent', 'scheduled', 'suppressed'] as const),
  ...(['already_surveyed', 'uncertain', 'failed'] as const),
];
/** `left`: the client did not wait for the answer. */
const statusClasses = ['2xx', '3xx', '4xx', '5xx', 'left'];
const latencyBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Loads the metrics library, which only `serve` needs. */
export async function createMetrics(): Promise<Metrics> {
  // The package is CommonJS, so the bundle knows only its default export.
  const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = (await import('prom-client'))
    .default;
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counter = <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter<Label>({ name: `gcsat_${name}`, help, labelNames, registers });
  const gauge = <Label extends string = never>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge<Label>({ name: `gcsat_${name}`, help, labelNames, registers });

  const accepted = counter('webhook_events_accepted_total', 'Events from Gladly that are on disk.');
  const ignored = counter(
    'webhook_events_ignored_total',
    'Events that surveys do not need, answered 200, by subject.',
    'subject',
  );
  const unusable = counter('webhook_events_unusable_total', 'Events that could not be read, answered 200.');
  const finished = counter(
    'closings_settled_total',
    'Closings that the queue is done with, by outcome.',
    'outcome',
  );
  const suppressed = counter(
    'closings_suppressed_total',
    'Closings that are not surveyed, once for each reason that applied.',
    'reason',
  );
  const answers = counter('answers_total', 'Answers from the survey page, first and changed ones.');
  const cards = counter('cards_total', 'Attempts to post an answer to the timeline, by result.', 'result');
  const alerts = counter(
    'alerts_total',
    'Attempts to send an alert about a low rating, by way and result.',
    'way',
    'result',
  );
  const reminders = counter('reminders_total', 'Reminders of unanswered surveys, by result.', 'result');
  const latency = new Histogram({
    name: 'gcsat_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer, by route and status class.',
    labelNames: ['route', 'status'],
    buckets: latencyBuckets,
    registers,
  });
  const ended = counter(
    'http_connections_closed_total',
    'Connections that were closed to make room, by limit: for all clients together, or for one address.',
    'limit',
  );
  const ledgerUp = gauge('ledger_up', '1 when the ledger answered this scrape.');
  const due = gauge('queue_due', 'Closings that are due.');
  const oldest = gauge('queue_oldest_due_age_seconds', 'How long the oldest due closing has been due.');
  const claim = gauge('claim_oldest_age_seconds', 'The longest time that a claim has gone without renewal.');
  const waiting = gauge(
    'closings_waiting',
    'Closings that the queue or a person still has to work on, by state.',
    'state',
  );
  const paused = gauge('sending_paused', '1 while sending is paused on this ledger.');
  const full = gauge('sending_full', '1 while the hourly limit (maxPerHour) is reached.');
  const remindersOpen = gauge('reminders_open', 'Reminders that are not settled, by state.', 'state');
  const missing = gauge('cards_missing', 'Answers whose card is not on the timeline yet.');
  const alertsDue = gauge('alerts_due', 'Alerts about low ratings that are not sent yet.');
  const looked = gauge('catch_up_age_seconds', 'How far the search for closings lags behind the present.');
  const readRequests = requestMetrics(counter, { prefix: 'gladly', name: 'Gladly', operations });
  const medallia = createMedalliaMetrics(counter, gauge);
  gauge('build_info', 'Always 1; the labels identify the running version.', 'version', 'node').set(
    { version: GCSAT_VERSION, node: process.version },
    1,
  );
  // rate() sees the first failure only if there was a 0 before it.
  for (const subject of [...subjects, 'other']) ignored.inc({ subject }, 0);
  for (const outcome of outcomes) finished.inc({ outcome }, 0);
  for (const reason of reasonCodes) suppressed.inc({ reason }, 0);
  for (const result of ['posted', 'failed']) cards.inc({ result }, 0);
  for (const way of alertWays) for (const result of ['sent', 'failed']) alerts.inc({ way, result }, 0);
  alerts.inc({ way: 'task', result: 'uncertain' }, 0);
  for (const result of ['sent', 'left_out', 'failed', 'uncertain']) reminders.inc({ result }, 0);
  for (const limit of ['room', 'address']) ended.inc({ limit }, 0);
  for (const route of routes) for (const status of statusClasses) latency.zero({ route, status });

  function readQueue({ queue, now }: Scrape): void {
    ledgerUp.set(queue === null ? 0 : 1);
    waiting.reset();
    remindersOpen.reset();
    if (queue === null) {
      // An old figure would look like a healthy queue, and so would a zero.
      for (const figure of [due, oldest, claim, missing, alertsDue, paused, full, looked]) figure.remove();
      return;
    }
    const ageOf = (at: string | null): number =>
      at === null ? 0 : Math.max(0, (now - Date.parse(at)) / 1000);
    due.set(queue.due);
    oldest.set(ageOf(queue.oldestDueAt));
    claim.set(ageOf(queue.oldestClaimAt));
    for (const [state, count] of Object.entries(queue.states)) waiting.set({ state }, count);
    missing.set(queue.cardsMissing);
    alertsDue.set(queue.alertsDue);
    paused.set(queue.pause === null ? 0 : 1);
    full.set(queue.fullUntil === null ? 0 : 1);
    for (const state of ['due', 'uncertain', 'failed'] as const)
      remindersOpen.set({ state }, queue.reminders[state]);
    if (queue.lookedUntil === null) looked.remove();
    else looked.set(ageOf(queue.lookedUntil));
  }

  return {
    finished(outcome, reasons) {
      finished.inc({ outcome });
      if (outcome === 'suppressed') for (const { code } of reasons) suppressed.inc({ reason: code });
    },
    accepted: () => accepted.inc(),
    ignored(type) {
      const subject = type.split('/')[0] ?? '';
      ignored.inc({ subject: subjects.has(subject) ? subject : 'other' });
    },
    unusable: () => unusable.inc(),
    answered: () => answers.inc(),
    cardPosted: () => cards.inc({ result: 'posted' }),
    cardFailed: () => cards.inc({ result: 'failed' }),
    reminded: (result) => reminders.inc({ result }),
    alerted: (way, result) => alerts.inc({ way, result }),
    connectionEnded: (limit) => ended.inc({ limit }),
    observe(route, status, seconds) {
      const label = status === null ? 'left' : `${String(Math.floor(status / 100))}xx`;
      latency.observe({ route, status: label }, seconds);
    },
    pulled: (counts) => medallia.pulled(counts),
    pullFailed: () => medallia.pullFailed(),
    async text(scrape) {
      readQueue(scrape);
      readRequests(scrape.requests);
      medallia.read({ ...scrape, requests: scrape.medalliaRequests });
      return registry.metrics();
    },
  };
}
