import { timeNow } from '../../domain/values/instant.ts';
import type { Log } from '../../ports/log.ts';
import type { Reason } from '../../domain/closing/reason.ts';
import type { RequestFigures, SurveyOutcome } from '../../documents/survey.ts';
import type { Failure } from '../../failure.ts';
import { nextDueAt } from '../../store/queue/next-due.ts';
import { boundOrganization } from '../../store/organization.ts';
import { proveWritable } from '../../store/storage-probe.ts';
import { queueFigures, type QueueFigures } from '../../store/views/counts.ts';
import { readCheckpoint } from '../../store/checkpoints.ts';
import { openCounts, type OpenCounts } from '../../store/medallia/counts.ts';
import { createWakeUp, type WakeUp } from './wake-up.ts';
import { keepCatchingUp } from './catch-up.ts';
import { readyToDeliver } from '../survey/decide.ts';
import { thrownBy } from '../context/defect.ts';
import { queueOf } from '../queue/due-closings.ts';
import { errorFields } from '../context/error-fields.ts';
import { createIntake, type Intake } from './intake.ts';
import { keepGoing, repeatEvery } from './keep-going.ts';
import { keepMedallia, type MedalliaListener } from './keep-medallia.ts';
import { postCards, type CardListener } from './post-cards.ts';
import { sendAlerts, type AlertListener } from './send-alerts.ts';
import { sendReminders, type ReminderListener } from './send-reminders.ts';
import { keepRetention } from '../forgetting/retention.ts';
import { mendTimes } from '../context/mend-times.ts';
import { isTrouble } from '../queue/queue-health.ts';
import type { Services } from '../context/services.ts';
import { resolveAbandoned } from './resolve-abandoned.ts';
import { createSurveyDesk, type SurveyDesk } from './survey-desk.ts';
import { surveyingSince } from '../runs/sync-range.ts';
import { watchPause } from './watch-pause.ts';
import { workQueue, type NextWork, type QueueLimits, type FinishedWork } from '../queue/work-queue.ts';

/**
 * `lookedUntil`: how far closings were looked for. `medalliaReadAt`: when everything that Agent Connect had was read.
 * Either may be the work of another process; null: not yet.
 */
export type ServingFigures = QueueFigures & {
  lookedUntil: string | null;
  medalliaReadAt: string | null;
  counts: OpenCounts;
};

/** Counts what a running server does. */
export interface ServingListener extends CardListener, AlertListener, ReminderListener, MedalliaListener {
  finished(outcome: SurveyOutcome, reasons: readonly Reason[]): void;
}

export interface ServingOptions {
  /** How often to look for closings whose webhook never came; null: never. */
  catchUpMilliseconds: number | null;
  listener: ServingListener;
  log: Log;
}

/** Everything that a server does besides answering requests. */
export interface Serving {
  desk: SurveyDesk;
  intake: Intake;
  /** @throws Failure kind ledger when the ledger cannot be reached or written. */
  ready(): Promise<void>;
  figures(): Promise<ServingFigures>;
  /** Requests to Gladly since the start. */
  requests(): RequestFigures;
  /** Requests to Agent Connect; null if it was not used. */
  medalliaRequests(): ReturnType<Services['medalliaRequests']>;
  /**
   * Marks the beginning, from which closings are looked for, if there is none yet. Called only once requests are
   * accepted: if a start fails, perhaps because of its port, closings until the next start are not surveyed.
   *
   * @throws Failure kind ledger when the ledger cannot be reached.
   */
  begin(): Promise<void>;
  /** Works until the services' signal is aborted, then finishes what is begun. Failures are logged and survived. */
  run(): Promise<void>;
  /** Writes what is still only in memory; call it after the last request was answered. */
  flush(): Promise<void>;
}

/** How soon work that another process put into the ledger is seen. */
const lookEveryMilliseconds = 3000;
const lookForCardsEveryMilliseconds = 30_000;
const resolveEveryMilliseconds = 60_000;
const forgetEveryMilliseconds = 60_000;
/** A ledger up to this size is rewritten in less than a second, during which webhooks wait. */
const largestLedger = 64 * 2 ** 20;

const unlimited: QueueLimits = { maxSends: null, maxClosings: null, deadline: null };
/** After a failure that all closings would meet, trying one at a time shows whether it has passed. */
const onlyOne: QueueLimits = { ...unlimited, maxClosings: 1 };

/**
 * @throws Failure kind configuration when messages could not be sent; for a new ledger also Gladly's failure: which
 *   organization it belongs to must be certain before anything is written.
 */
export async function openServing(services: Services, options: ServingOptions): Promise<Serving> {
  const { ledger, lane, clock, client } = services;
  const { log } = options;
  await readyToDeliver(services);
  if ((await boundOrganization(ledger)) === null) await services.organization();
  const openedAt = timeNow(services.clock);
  const closings = createWakeUp();
  const answers = createWakeUp();
  const alerts = createWakeUp();
  const reminders = createWakeUp();
  const onAnswer = (): void => {
    answers.notify();
    alerts.notify();
  };
  const desk = createSurveyDesk(services, { onAnswer });
  const intake = createIntake(services, {
    onStored() {
      closings.notify();
      ledger.hints?.tell();
    },
    onIgnored: (type) => log.debug({ type }, 'event ignored'),
  });
  return {
    desk,
    intake,
    // A ledger that was moved away, is held by another process, or has a full disk is not ready: events would fail.
    ready: () => proveWritable(ledger),
    figures: async () => ({
      ...(await queueFigures(ledger, timeNow(services.clock), lane, services.settings.policy.maxPerHour)),
      lookedUntil: await readCheckpoint(ledger, { lane, name: 'until' }),
      medalliaReadAt: await readCheckpoint(ledger, { lane: 'live', name: 'medallia' }),
      counts: await openCounts(ledger),
    }),
    requests: () => structuredClone(client.counts),
    medalliaRequests: () => structuredClone(services.medalliaRequests()),
    async begin() {
      // From now on nothing is missed, even if Gladly cannot be reached for a while.
      await surveyingSince(services, openedAt);
    },
    async run() {
      ledger.hints?.hear(() => closings.notify());
      await Promise.all([
        keepGoing(services, log, 'queue', (failures) => {
          const work = failures === 0 ? workOn : workWithCare;
          return work(services, closings, (finished) => report(finished, options));
        }),
        keepGoing(services, log, 'cards', (_, onSuccess) => postCards(services, answers, options, onSuccess)),
        keepGoing(services, log, 'alerts', (_, onSuccess) =>
          sendAlerts(services, alerts, options, onSuccess),
        ),
        keepGoing(services, log, 'reminders', (_, onSuccess) =>
          sendReminders(services, reminders, options, onSuccess),
        ),
        repeatEvery(services, log, lookEveryMilliseconds, async () => {
          closings.notify();
          reminders.notify();
          return untilDue(await nextDueAt(ledger, timeNow(services.clock), lane), clock());
        }),
        repeatEvery(services, log, lookForCardsEveryMilliseconds, () => {
          onAnswer();
          return Promise.resolve(null);
        }),
        keepMedallia(services, options, onAnswer),
        watchPause(services, log, () => closings.notify()),
        repeatEvery(services, log, resolveEveryMilliseconds, async () => {
          for (const sentence of await mendTimes(services)) log.warn({}, sentence);
          return resolveAbandoned(services, log);
        }),
        repeatEvery(services, log, forgetEveryMilliseconds, async () => {
          const { expired, cards, open } = await keepRetention(services, { largestLedger });
          if (expired > 0 || cards > 0) log.info({ expired, cards }, 'forgotten');
          for (const { kind, failure } of open) {
            log.warn({ kind, code: failure.code, hint: failure.hint }, 'not erased yet');
          }
          return null;
        }),
        keepCatchingUp(services, log, options.catchUpMilliseconds, openedAt, () => closings.notify()),
      ]);
    },
    flush: () => desk.flush(),
  };
}

/** Works on the one queue, with workers that wait when nothing is due. Ends when the services stop or on a failure. */
async function workOn(
  services: Services,
  wakeUp: WakeUp,
  onFinished: (finished: FinishedWork) => void,
  limits: QueueLimits = unlimited,
): Promise<void> {
  const own: Services = { ...services, isLongRunning: true };
  const due = queueOf(own, () => wakeUp.notify());
  const next: NextWork = async (ended) => {
    for (;;) {
      if (isOver(ended)) return null;
      const work = await due(ended);
      if (work !== null) return work;
      await wakeUp.wait(ended);
    }
  };
  const { failure } = await workQueue(own, next, limits, onFinished);
  if (failure !== null) throw failure;
}

/**
 * Works on one closing at a time until a message is accepted: that shows that Gladly and the delivery are well again. A
 * suppressed closing shows nothing, and each uncertain message is left to a person.
 *
 * @throws Failure that shows that the trouble lasts
 */
async function workWithCare(
  services: Services,
  wakeUp: WakeUp,
  onFinished: (finished: FinishedWork) => void,
): Promise<void> {
  const seen = { isWell: false, trouble: null as Failure | null };
  const note = (finished: FinishedWork): void => {
    seen.isWell ||= finished.outcome === 'sent';
    if (isTrouble(finished)) seen.trouble = finished.failure;
    onFinished(finished);
  };
  while (!seen.isWell && !services.signal.aborted) {
    await workOn(services, wakeUp, note, onlyOne);
    if (seen.trouble !== null) throw seen.trouble;
  }
}

function report(
  { closing, outcome, reasons, failure }: FinishedWork,
  { listener, log }: ServingOptions,
): void {
  if (outcome === 'waiting') return;
  listener.finished(outcome, reasons);
  // The message of a failure may quote what the other side said about a person; `surveys show` prints it.
  const fields = {
    closing: closing?.id ?? null,
    outcome,
    ...(reasons.length === 0 ? {} : { reasons: reasons.map(({ code }) => code) }),
    ...(failure === null ? {} : { code: failure.code, hint: failure.hint }),
  };
  if (failure === null) log.info(fields, `closing ${outcome}`);
  else if (failure.kind !== 'defect') log.warn(fields, `closing ${outcome}`);
  else log.error({ ...fields, ...errorFields(thrownBy(failure)) }, 'unexpected, please report it');
}

/** Milliseconds; at least one, so that a time that has just come does not cause a busy loop. */
function untilDue(dueAt: string | null, nowMs: number): number | null {
  return dueAt === null ? null : Math.max(Date.parse(dueAt) - nowMs, 1);
}

function isOver(ended: AbortSignal): boolean {
  return ended.aborted;
}
