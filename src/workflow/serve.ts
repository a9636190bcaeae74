import { setMaxListeners } from 'node:events';
import type { Reason } from '../domain/reason.ts';
import type { RequestFigures, SurveyOutcome } from '../domain/survey-document.ts';
import { nextDueAt, settleAbandoned } from '../ledger/claims.ts';
import { boundOrganization } from '../ledger/open.ts';
import { queueFigures } from '../ledger/tallies.ts';
import { createBell, type Bell } from './bell.ts';
import { catchUp } from './catch-up.ts';
import { readyToDeliver } from './decide-and-deliver.ts';
import { queueOf } from './due-closings.ts';
import { createIntake, type Intake } from './intake.ts';
import { keepGoing, type RunLog } from './keep-going.ts';
import { missingCards, postMissingCard, type MissingCard } from './missing-cards.ts';
import type { Services } from './services.ts';
import { createSurveyDesk, type SurveyDesk } from './survey-desk.ts';
import { workQueue, type NextWork, type QueueLimits, type SettledWork } from './work-queue.ts';

export type QueueFigures = Awaited<ReturnType<typeof queueFigures>>;
export type RequestCounts = RequestFigures;

/** What is counted of a running server. */
export interface ServingListener {
  settled(outcome: SurveyOutcome, reasons: readonly Reason[]): void;
  cardPosted(): void;
  cardFailed(): void;
}

export interface ServingOptions {
  /** How often closings are looked for whose webhook never came; null: never. */
  catchUpMilliseconds: number | null;
  listener: ServingListener;
  log: RunLog;
}

/** All that a server does besides answering requests. */
export interface Serving {
  desk: SurveyDesk;
  intake: Intake;
  /** @throws Failure kind ledger when the ledger cannot be reached. */
  ready(): Promise<void>;
  figures(): Promise<QueueFigures>;
  /** To Gladly, since the start. */
  requests(): RequestCounts;
  /** Works until the services' signal is aborted and what is begun is finished. Troubles are told and outlived. */
  run(): Promise<void>;
  /** Writes what is still only in memory; after the last request was answered. */
  flush(): Promise<void>;
}

/** How soon what another process put into the ledger is seen. */
const lookEveryMilliseconds = 3000;
const lookForCardsEveryMilliseconds = 30_000;
const settleEveryMilliseconds = 60_000;

/** So that one card that Gladly does not take holds up no other. */
const mostCardsAtOnce = 4;

const unlimited: QueueLimits = { maxSends: null, maxClosings: null, deadline: null };
/** After a failure that all closings would meet, one of them shows whether it has passed. */
const onlyOne: QueueLimits = { ...unlimited, maxClosings: 1 };

/**
 * @throws Failure kind configuration when messages could not be sent, and where the ledger is new what Gladly says to
 *   these credentials: which organisation it belongs to has to be certain before anything is written.
 */
export async function openServing(services: Services, options: ServingOptions): Promise<Serving> {
  const { ledger, settings, clock, client } = services;
  const { log } = options;
  // Everything that waits or asks listens to it.
  setMaxListeners(0, services.signal);
  await readyToDeliver(services);
  if ((await boundOrganization(ledger)) === null) await services.organization();
  const closings = createBell();
  const answers = createBell();
  const desk = createSurveyDesk(services, { onAnswer: () => answers.ring() });
  const intake = createIntake(services, {
    onStored: () => closings.ring(),
    onIgnored: (type) => log.debug({ type }, 'event ignored'),
  });
  return {
    desk,
    intake,
    async ready() {
      await ledger.db.selectFrom('ledger_version').select('version').execute();
    },
    figures: () => queueFigures(ledger, timeOf(services)),
    requests: () => structuredClone(client.counts),
    async run() {
      await Promise.all([
        keepGoing(services, log, 'queue', (failures, went) =>
          workOn(services, closings, failures === 0 ? unlimited : onlyOne, (settled) => {
            if (settled.failure === null) went();
            report(settled, options);
          }),
        ),
        keepGoing(services, log, 'cards', () => postCards(services, answers, options)),
        keepTime(services, log, lookEveryMilliseconds, async () => {
          closings.ring();
          return untilDue(await nextDueAt(ledger, timeOf(services), settings.delivery), clock());
        }),
        keepTime(services, log, lookForCardsEveryMilliseconds, () => {
          answers.ring();
          return Promise.resolve(null);
        }),
        keepTime(services, log, settleEveryMilliseconds, async () => {
          const settled = await settleAbandoned(ledger, timeOf(services));
          for (const { id } of settled)
            log.warn({ closing: id }, 'a process ended while the message was leaving');
          return null;
        }),
        options.catchUpMilliseconds === null
          ? Promise.resolve()
          : keepTime(services, log, options.catchUpMilliseconds, async () => {
              const found = await catchUp(services, () => closings.ring());
              if (found !== null && found.fresh > 0) {
                log.info(
                  { closings: found.fresh, sources: found.sources },
                  'found closings without a webhook',
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
  bell: Bell,
  limits: QueueLimits,
  onSettled: (settled: SettledWork) => void,
): Promise<void> {
  const due = queueOf(services, () => bell.ring());
  const next: NextWork = async (ended) => {
    for (;;) {
      if (isOver(ended)) return null;
      const work = await due(ended);
      if (work !== null) return work;
      await bell.wait(ended);
    }
  };
  await workQueue(services, next, limits, onSettled);
}

/** Cards as soon as they are missing, some at once. Ends when the services stop, or by a failure of all alike. */
async function postCards(services: Services, bell: Bell, { listener, log }: ServingOptions): Promise<void> {
  const { signal } = services;
  const posting = new Map<string, Promise<void>>();
  const troubles: unknown[] = [];

  const post = async (missing: MissingCard): Promise<void> => {
    try {
      const failure = await postMissingCard(services, missing);
      if (failure === null) {
        listener.cardPosted();
        log.info({ survey: missing.surveyId }, 'card posted');
      } else {
        listener.cardFailed();
        log.warn({ survey: missing.surveyId, code: failure.code, hint: failure.hint }, 'card not posted');
      }
    } catch (error) {
      troubles.push(error);
    } finally {
      posting.delete(missing.surveyId);
      bell.ring();
    }
  };

  while (!signal.aborted && troubles.length === 0) {
    if (posting.size < mostCardsAtOnce) {
      const missing = await missingCards(services, posting.size + mostCardsAtOnce);
      const free = missing.filter(({ surveyId }) => !posting.has(surveyId));
      for (const one of free.slice(0, mostCardsAtOnce - posting.size)) posting.set(one.surveyId, post(one));
    }
    await bell.wait(signal);
  }
  await Promise.all(posting.values());
  if (troubles.length > 0) throw troubles[0];
}

/**
 * Does something short now and again.
 *
 * @param work answers after how many milliseconds it is to be done again at the latest; null: after the usual time
 */
async function keepTime(
  services: Services,
  log: RunLog,
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
  else log.warn(fields, `closing ${outcome}`);
}

/** Milliseconds; at least one, so that a time that has just come is not asked for again and again. */
function untilDue(dueAt: string | null, nowMs: number): number | null {
  return dueAt === null ? null : Math.max(Date.parse(dueAt) - nowMs, 1);
}

function isOver(ended: AbortSignal): boolean {
  return ended.aborted;
}

function timeOf({ clock }: Services): string {
  return new Date(clock()).toISOString();
}
