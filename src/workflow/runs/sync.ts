import { timeAt } from '../../domain/values/instant.ts';
import type { SyncDocument } from '../../documents/backfill.ts';
import { Failure, isForbidden } from '../../failure.ts';
import { surveyClosings, type BackfillListener } from './backfill.ts';
import { readyToDeliver } from '../survey/decide.ts';
import { errorOf } from '../survey/describe.ts';
import { dueAlerts, sendAlert } from '../answers/alerts.ts';
import { pullMedallia } from '../answers/pull-medallia.ts';
import { remindInPassing, type ReminderLimits } from '../queue/work-reminders.ts';
import { withDryRun } from '../context/dry-run.ts';
import { missingCards, postMissingCard } from '../answers/missing-cards.ts';
import type { Services } from '../context/services.ts';
import { mendTimes } from '../context/mend-times.ts';
import { keepRetention } from '../forgetting/retention.ts';
import { seenUntil, surveyingSince, unseenRange } from './sync-range.ts';
import type { QueueLimits } from '../queue/work-queue.ts';

export interface SyncRequest {
  limits: QueueLimits;
  dryRun: boolean;
  timezone: string;
}

export interface SyncResult {
  document: SyncDocument;
  /** What stopped the tick; the next tick does the rest. */
  failure: Failure | null;
}

/** No webhook waits for this process, so a ledger of any size may be rewritten. */
const anySize = { largestLedger: Number.POSITIVE_INFINITY };

/** Most cards in one tick; the rest wait for the next. */
const mostCards = 500;

/** Most alerts in one tick; each may wait a while for an answer. */
const mostAlerts = 100;

/**
 * One tick: closings since the last tick, due surveys, answers without a card. Surveying begins with the first tick;
 * the past is surveyed only by a backfill or a replay.
 */
export async function sync(
  services: Services,
  request: SyncRequest,
  listener: BackfillListener,
): Promise<SyncResult> {
  // Surveying begins with the first tick that can run.
  await readyToDeliver(services);
  return withDryRun(services, request.dryRun, (own) => tick(own, request, listener));
}

async function tick(
  services: Services,
  { limits, dryRun, timezone }: SyncRequest,
  listener: BackfillListener,
): Promise<SyncResult> {
  const now = services.clock();
  const at = timeAt(now);
  for (const sentence of await mendTimes(services)) listener.warn(sentence);
  const startedAt = await surveyingSince(services, at);
  const range = await unseenRange(services, startedAt, now);
  const target = { range, timezone, source: 'auto', failed: 'wait' } as const;
  // Be certain which organization this is before writing closings.
  await services.organization();
  const { document, failure, stopped, missing } = await surveyClosings(
    services,
    { target, limits, dryRun },
    listener,
  );
  // Reminders are messages too, so the limits cover them.
  const reminding = (): ReturnType<typeof remindInPassing> =>
    remindInPassing(services, whatIsLeft(limits, document));
  if (stopped !== null || dryRun) {
    const { reminders, failure: remindersStopped } =
      stopped === null ? await reminding() : { reminders: noReminders, failure: null };
    const nothing = {
      cards: { posted: 0, failed: 0 },
      alerts: { sent: 0, failed: 0 },
      reminders,
      medallia: null,
      forgotten: { expired: 0, cards: 0, open: 0 },
    };
    return ended({ ...document, startedAt, ...nothing }, failure, remindersStopped);
  }
  // Up to here everything was searched.
  await seenUntil(services, missing[0]?.range.since ?? at);
  const { counts: medallia, failure: unread } = await readMedallia(services);
  const { failure: cardsStopped, ...cards } = await postMissingCards(services);
  const alerts = await sendDueAlerts(services);
  const { reminders, failure: remindersStopped } = await reminding();
  const { expired, cards: gone, open } = await keepRetention(services, anySize);
  const forgotten = { expired, cards: gone, open: open.length };
  const requests = structuredClone(services.client.counts);
  const whole = { ...document, requests, startedAt, cards, alerts, reminders, medallia, forgotten };
  return ended(whole, failure, cardsStopped ?? remindersStopped ?? (failure === null ? unread : null));
}

/** @param stop a failure after the work on closings that stopped the tick */
function ended(document: SyncDocument, failure: Failure | null, stop: Failure | null): SyncResult {
  if (stop === null) return { document, failure };
  return { document: { ...document, end: 'stopped', error: errorOf(stop, null) }, failure: stop };
}

const noReminders = { sent: 0, leftOut: 0, uncertain: 0, failed: 0 };

/** What the closings left of the limits. */
function whatIsLeft(
  { maxSends, deadline }: QueueLimits,
  { thisRun }: Pick<SyncDocument, 'thisRun'>,
): ReminderLimits {
  const left = maxSends === null ? null : Math.max(0, maxSends - thisRun.sent - thisRun.uncertain);
  return { maxSends: left, deadline };
}

/** Sends alerts that were not sent when their answers came. A later tick retries those that fail. */
async function sendDueAlerts(services: Services): Promise<SyncDocument['alerts']> {
  const alerts = { sent: 0, failed: 0 };
  for (const alert of await dueAlerts(services, mostAlerts)) {
    const { result, failure } = await sendAlert(services, alert);
    if (result === 'sent') alerts.sent += 1;
    if (failure === null) continue;
    alerts.failed += 1;
    services.debug(`the alert ${alert.id} was not sent by ${alert.way}: ${failure.message}`);
  }
  return alerts;
}

/** A failure at Agent Connect does not keep cards from being posted. */
async function readMedallia(
  services: Services,
): Promise<{ counts: SyncDocument['medallia']; failure: Failure | null }> {
  try {
    return { counts: await pullMedallia(services), failure: null };
  } catch (error) {
    if (!(error instanceof Failure) || services.signal.aborted) throw error;
    return { counts: null, failure: error };
  }
}

interface CardRun {
  posted: number;
  failed: number;
  failure: Failure | null;
}

/** Posts cards that were not posted when their answers came. A later tick retries those that fail. */
async function postMissingCards(services: Services): Promise<CardRun> {
  const cards = { posted: 0, failed: 0 };
  const forbidden: Failure[] = [];
  try {
    for (const missing of await missingCards(services, mostCards)) {
      const failure = await postMissingCard(services, missing);
      if (failure === null) cards.posted += 1;
      else cards.failed += 1;
      if (failure !== null && isForbidden(failure)) forbidden.push(failure);
      if (failure !== null)
        services.debug(`the card of survey ${missing.surveyId} was not posted: ${failure.message}`);
    }
  } catch (error) {
    if (error instanceof Failure) return { ...cards, failure: error };
    throw error;
  }
  // Several were refused and not one was permitted: the cause is not a single card.
  return { ...cards, failure: cards.posted > 0 ? null : (forbidden[1] ?? null) };
}
