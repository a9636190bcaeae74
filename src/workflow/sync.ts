import type { BackfillDocument } from '../domain/backfill-document.ts';
import type { TimeRange } from '../domain/time-range.ts';
import { Failure } from '../failure.ts';
import { answersWithoutCard } from '../ledger/answers.ts';
import { advanceMark, readMark, setMarkOnce } from '../ledger/marks.ts';
import type { Ledger } from '../ledger/open.ts';
import { backfill, type BackfillListener } from './backfill.ts';
import { stopsTheRest } from './each-conversation.ts';
import { postAnswer } from './post-answer.ts';
import type { Services } from './services.ts';
import { createSteps } from './steps.ts';
import type { QueueLimits } from './work-queue.ts';

/** What `sync` tells: the same as a backfill of the stretch since the last tick, and the cards it posted. */
export interface SyncDocument extends BackfillDocument {
  /** The first tick asks nobody about the past: closings count from here on. */
  startedAt: string;
  cards: { posted: number; failed: number };
}

/** Sources lag and clocks differ: the newest stretch is read again by the next tick. */
const overlapMilliseconds = 10 * 60_000;
/** Cards of one tick; the rest wait for the next. */
const mostCards = 500;

/**
 * One tick: closings since the last tick, surveys that are due, answers without a card. Begins at the moment of the
 * first tick; the past is surveyed only by a backfill or a replay.
 */
export async function sync(
  services: Services,
  request: { limits: QueueLimits; dryRun: boolean; timezone: string },
  listener: BackfillListener,
): Promise<SyncDocument> {
  const now = services.clock();
  const at = new Date(now).toISOString();
  const startedAt = await startOf(services.ledger, at, request.dryRun);
  const range = await rangeOf(services.ledger, startedAt, now);
  const target = { range, timezone: request.timezone, source: 'auto' as const };
  const document = await backfill(
    services,
    { target, limits: request.limits, dryRun: request.dryRun },
    listener,
  );
  if (!request.dryRun) await advanceMark(services.ledger, 'sync_until', at);
  const cards = request.dryRun ? { posted: 0, failed: 0 } : await postMissingCards(services);
  return { ...document, requests: structuredClone(services.client.counts), startedAt, cards };
}

async function startOf(ledger: Ledger, at: string, dryRun: boolean): Promise<string> {
  if (dryRun) return (await readMark(ledger, 'sync_started')) ?? at;
  return setMarkOnce(ledger, 'sync_started', at);
}

async function rangeOf(ledger: Ledger, startedAt: string, now: number): Promise<TimeRange> {
  const until = (await readMark(ledger, 'sync_until')) ?? startedAt;
  const overlapped = new Date(Date.parse(until) - overlapMilliseconds).toISOString();
  const since = overlapped < startedAt ? startedAt : overlapped;
  return { since, until: new Date(Math.max(now, Date.parse(since) + 1)).toISOString() };
}

/** Answers whose card was not posted when they came. One that fails is tried again by the next tick. */
async function postMissingCards(services: Services): Promise<SyncDocument['cards']> {
  const cards = { posted: 0, failed: 0 };
  for (const { surveyId, closingId } of await answersWithoutCard(services.ledger, mostCards)) {
    // Posted by hand for a conversation that the ledger knows nothing of: only a post by hand can repeat it.
    if (closingId === null) continue;
    const steps = createSteps(services, () => undefined);
    try {
      await postAnswer(services, { surveyId, closingId, answer: null }, { dryRun: false, steps });
      cards.posted += 1;
    } catch (error) {
      if (!(error instanceof Failure) || stopsTheRest(error)) throw error;
      services.debug(`the card of survey ${surveyId} was not posted: ${error.message}`);
      cards.failed += 1;
    }
  }
  return cards;
}
