import type { SendingPause } from '../../domain/closing/pause.ts';
import { timeNow } from '../../domain/values/instant.ts';
import type { Log } from '../../ports/log.ts';
import type { Reason } from '../../domain/eligibility/reason.ts';
import type { RequestFigures, SurveyOutcome } from '../../documents/survey.ts';
import type { Failure } from '../../failure.ts';
import { nextDueAt, resolveAbandonedSends, stuckSends } from '../../store/queue/claims.ts';
import { sendingPause } from '../../store/pause.ts';
import { boundOrganization } from '../../store/organization.ts';
import { proveWritable } from '../../store/storage-probe.ts';
import { queueFigures, type QueueFigures } from '../../store/views/counts.ts';
import { readCheckpoint } from '../../store/checkpoints.ts';
import { createWakeUp, type WakeUp } from './wake-up.ts';
import { catchUp } from './catch-up.ts';
import { readyToDeliver } from '../survey/decide.ts';
import { thrownBy } from '../context/defect.ts';
import { queueOf } from '../queue/due-closings.ts';
import { errorFields } from '../context/error-fields.ts';
import { createIntake, type Intake } from './intake.ts';
import { keepGoing } from './keep-going.ts';
import { postCards, type CardListener } from './post-cards.ts';
import { keepRetention } from '../forgetting/retention.ts';
import { isTrouble } from '../queue/queue-health.ts';
import type { Services } from '../context/services.ts';
import { createSurveyDesk, type SurveyDesk } from './survey-desk.ts';
import { surveyingSince } from '../runs/sync-range.ts';
import { workQueue, type NextWork, type QueueLimits, type SettledWork } from '../queue/work-queue.ts';

/** `lookedUntil`: how far closings were looked for, by whichever process; null: not yet. */
export type ServingFigures = QueueFigures & { lookedUntil: string | null };

/** What is counted of a running server. */
export interface ServingListener extends CardListener {
  settled(outcome: SurveyOutcome, reasons: readonly Reason[]): void;
}

export interface ServingOptions {
  /** How often closings are looked for whose webhook never came; null: never. */
  catchUpMilliseconds: number | null;
  listener: ServingListener;
  log: Log;
}

/** All that a server does besides answering requests. */
export interface Serving {
  desk: SurveyDesk;
  intake: Intake;
  /** @throws Failure kind ledger when the ledger cannot be reached or written. */
  ready(): Promise<void>;
  figures(): Promise<ServingFigures>;
  /** To Gladly, since the start. */
  requests(): RequestFigures;
  /**
   * Marks the beginning, from which on closings are looked for, where there is none yet. Only once requests are taken:
   * a start that failed, because of its port perhaps, must not make the time until the next one a time of surveys.
   *
   * @throws Failure kind ledger when the ledger cannot be reached.
   */
  begin(): Promise<void>;
  /** Works until the services' signal is aborted and what is begun is finished. Troubles are told and outlived. */
  run(): Promise<void>;
  /** Writes what is still only in memory; after the last request was answered. */
  flush(): Promise<void>;
}

/** How soon what another process put into the ledger is seen. */
const lookEveryMilliseconds = 3000;
/** Where no server looks for closings for so long, something is wrong. */
const latestCatchUpMilliseconds = 15 * 60_000;
const lookForCardsEveryMilliseconds = 30_000;
const settleEveryMilliseconds = 60_000;
const forgetEveryMilliseconds = 60_000;
/** A ledger up to here is written anew in less than a second, for which webhooks wait. */
const largestLedger = 64 * 2 ** 20;
/** A pause holds at once, in the ledger itself; this is how soon its end is seen, and told. */
const lookForPauseEveryMilliseconds = 1000;

const resumeHint = 'Let it go on with `gcsat resume`.';

const unlimited: QueueLimits = { maxSends: null, maxClosings: null, deadline: null };
/** After a failure that all closings would meet, one after the other shows whether it has passed. */
const onlyOne: QueueLimits = { ...unlimited, maxClosings: 1 };

/**
 * @throws Failure kind configuration when messages could not be sent, and where the ledger is new what Gladly says to
 *   these credentials: which organization it belongs to has to be certain before anything is written.
 */
export async function openServing(services: Services, options: ServingOptions): Promise<Serving> {
  const { ledger, lane, clock, client } = services;
  const { log } = options;
  await readyToDeliver(services);
  if ((await boundOrganization(ledger)) === null) await services.organization();
  const openedAt = timeNow(services.clock);
  const closings = createWakeUp();
  const answers = createWakeUp();
  const desk = createSurveyDesk(services, { onAnswer: () => answers.notify() });
  const intake = createIntake(services, {
    onStored: () => closings.notify(),
    onIgnored: (type) => log.debug({ type }, 'event ignored'),
  });
  return {
    desk,
    intake,
    // A ledger that was moved away, is kept by somebody, or has no room on its disk is not ready: events would be refused.
    ready: () => proveWritable(ledger),
    figures: async () => ({
      ...(await queueFigures(ledger, timeNow(services.clock), lane)),
      lookedUntil: await readCheckpoint(ledger, { lane, name: 'until' }),
    }),
    requests: () => structuredClone(client.counts),
    async begin() {
      // From now on nothing is missed, also where Gladly cannot be asked for a while.
      await surveyingSince(services, openedAt, false);
    },
    async run() {
      await Promise.all([
        keepGoing(services, log, 'queue', (failures) => {
          const work = failures === 0 ? workOn : workWithCare;
          return work(services, closings, (settled) => report(settled, options));
        }),
        keepGoing(services, log, 'cards', (_, went) => postCards(services, answers, options, went)),
        keepTime(services, log, lookEveryMilliseconds, async () => {
          closings.notify();
          return untilDue(await nextDueAt(ledger, timeNow(services.clock), lane), clock());
        }),
        keepTime(services, log, lookForCardsEveryMilliseconds, () => {
          answers.notify();
          return Promise.resolve(null);
        }),
        keepTime(services, log, lookForPauseEveryMilliseconds, watchPause(services, log, closings)),
        keepTime(services, log, settleEveryMilliseconds, async () => {
          const settled = await resolveAbandonedSends(ledger, timeNow(services.clock));
          for (const { id, error } of settled) {
            const hint = error?.hint;
            log.warn({ closing: id, hint }, 'a process ended while the message was leaving');
          }
          for (const { id, heldBy } of await stuckSends(ledger, timeNow(services.clock))) {
            const hint = `Let ${heldBy} go on, or end it; in doubt the survey is then uncertain.`;
            log.warn({ closing: id, hint }, 'a process stands still while the message is leaving');
          }
          return null;
        }),
        keepTime(services, log, forgetEveryMilliseconds, async () => {
          const { expired, cards, open } = await keepRetention(services, { largestLedger });
          if (expired > 0 || cards > 0) log.info({ expired, cards }, 'forgotten');
          for (const { kind, failure } of open) {
            log.warn({ kind, code: failure.code, hint: failure.hint }, 'not erased yet');
          }
          return null;
        }),
        options.catchUpMilliseconds === null
          ? Promise.resolve()
          : keepTime(services, log, options.catchUpMilliseconds, async () => {
              const found = await catchUp(services, () => closings.notify());
              for (const warning of found?.warnings ?? []) log.warn({ sources: found?.sources }, warning);
              for (const { source, range, failure } of found?.missing ?? []) {
                const { kind, code, hint } = failure;
                log.warn({ source, ...range, kind, code, hint }, 'closings may be missing');
              }
              if (found !== null && found.fresh > 0) {
                log.info(
                  { closings: found.fresh, sources: found.sources },
                  'found closings without a webhook',
                );
              }
              // A report is asked for again after the usual time: Gladly makes few of them.
              const passing = found?.missing.find(({ source }) => source === 'events');
              if (passing !== undefined) throw passing.failure;
              return null;
            }),
        options.catchUpMilliseconds === null
          ? Promise.resolve()
          : keepTime(services, log, options.catchUpMilliseconds, async () => {
              const at = await readCheckpoint(ledger, { lane, name: 'until' });
              const lateMs = Math.max(3 * (options.catchUpMilliseconds ?? 0), latestCatchUpMilliseconds);
              const ageMs = clock() - Date.parse(at ?? openedAt);
              if (ageMs > lateMs) {
                const hint =
                  'See the warnings before this one, and the log of the other servers on this ledger.';
                log.warn(
                  { until: at, seconds: Math.round(ageMs / 1000), hint },
                  'closings were not looked for',
                );
              }
              return null;
            }),
      ]);
    },
    flush: () => desk.flush(),
  };
}

/** The one queue, with workers that wait when nothing is due. Ends when the services stop, or by a failure. */
async function workOn(
  services: Services,
  wakeUp: WakeUp,
  onSettled: (settled: SettledWork) => void,
  limits: QueueLimits = unlimited,
): Promise<void> {
  const due = queueOf(services, () => wakeUp.notify());
  const next: NextWork = async (ended) => {
    for (;;) {
      if (isOver(ended)) return null;
      const work = await due(ended);
      if (work !== null) return work;
      await wakeUp.wait(ended);
    }
  };
  const { failure } = await workQueue(services, next, limits, onSettled);
  if (failure !== null) throw failure;
}

/**
 * One closing at a time, until a message is taken: that shows that Gladly and the way of messages are well again. A closing
 * that is not asked about shows nothing, and messages in doubt are each left to a person.
 *
 * @throws Failure that says that the trouble lasts
 */
async function workWithCare(
  services: Services,
  wakeUp: WakeUp,
  onSettled: (settled: SettledWork) => void,
): Promise<void> {
  const seen = { isWell: false, trouble: null as Failure | null };
  const settle = (settled: SettledWork): void => {
    seen.isWell ||= settled.outcome === 'sent';
    if (isTrouble(settled)) seen.trouble = settled.failure;
    onSettled(settled);
  };
  while (!seen.isWell && !services.signal.aborted) {
    await workOn(services, wakeUp, settle, onlyOne);
    if (seen.trouble !== null) throw seen.trouble;
  }
}

/** Tells when a pause begins or ends, and wakes the queue at its end. */
function watchPause({ ledger, clock }: Services, log: Log, wakeUp: WakeUp): () => Promise<null> {
  let seen: SendingPause | null = null;
  return async () => {
    const pause = await sendingPause(ledger, timeNow(clock));
    if (pause !== null && pause.pausedAt !== seen?.pausedAt) {
      log.warn({ until: pause.until, hint: resumeHint }, 'sending is paused');
    }
    if (pause === null && seen !== null) {
      log.info({}, 'sending goes on');
      wakeUp.notify();
    }
    seen = pause;
    return null;
  };
}

/**
 * Does something short now and again.
 *
 * @param work answers after how many milliseconds it is to be done again at the latest; null: after the usual time
 */
async function keepTime(
  services: Services,
  log: Log,
  everyMilliseconds: number,
  work: () => Promise<number | null>,
): Promise<void> {
  await keepGoing(services, log, 'time', async () => {
    const wait = (await work()) ?? everyMilliseconds;
    await services.sleep(Math.min(wait, everyMilliseconds));
  });
}

function report(
  { closing, outcome, reasons, failure }: SettledWork,
  { listener, log }: ServingOptions,
): void {
  if (outcome === 'waiting') return;
  listener.settled(outcome, reasons);
  // The message of a failure may quote what the other side said of a person; `surveys show` tells it.
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

/** Milliseconds; at least one, so that a time that has just come is not asked for again and again. */
function untilDue(dueAt: string | null, nowMs: number): number | null {
  return dueAt === null ? null : Math.max(Date.parse(dueAt) - nowMs, 1);
}

function isOver(ended: AbortSignal): boolean {
  return ended.aborted;
}
