import { timeNow } from '../../domain/values/instant.ts';
import { traitsOf } from '../../domain/delivery.ts';
import { Failure } from '../../failure.ts';
import { sendingPause } from '../../store/closings/pause.ts';
import { beginReminders, remindersDue } from '../../store/queue/reminders.ts';
import { countDue } from '../../store/views/counts.ts';
import { fullHour } from '../context/hourly-cap.ts';
import type { Services } from '../context/services.ts';
import { remind, type ReminderResult } from '../survey/remind.ts';
import { queueHealth } from './queue-health.ts';

/** What became of the reminders. `failed`: tried again later, or left to a person. */
export interface ReminderCounts {
  sent: number;
  leftOut: number;
  uncertain: number;
  failed: number;
}

/**
 * Closings whose reminder may be looked at now. None while sending is paused, the hour is full, or surveys wait to
 * leave: first messages go before reminders.
 *
 * @returns empty if the profile or its delivery has no reminders
 */
export async function dueReminders(services: Services, limit: number): Promise<string[]> {
  const { ledger, lane, clock, settings } = services;
  const { reminderAfter, maxPerHour } = settings.policy;
  const { delivery } = settings;
  if (reminderAfter === null || !traitsOf(delivery).reminds) return [];
  const now = timeNow(clock);
  if ((await sendingPause(ledger, now)) !== null || (await fullHour(services)) !== null) return [];
  await beginReminders(ledger, { provider: delivery, afterMs: reminderAfter, now });
  const due = await remindersDue(ledger, delivery, limit, now);
  // Counted only if there is a reminder to hold back.
  return due.length > 0 && (await countDue(ledger, now, lane, maxPerHour)) > 0 ? [] : due;
}

export interface ReminderLimits {
  /** The most reminders that may leave. */
  maxSends: number | null;
  /** Epoch milliseconds after which nothing new is begun. */
  deadline: number | null;
}

const atOnce = 20;
/** A reminder that keeps waiting is left to the next run. */
const mostLooks = 2;

/**
 * Works on reminders until none is due, or a limit is reached.
 *
 * @param counts is updated as it goes, so that the counts are known even if the run is stopped
 * @throws Failure that the next reminder would meet too
 */
async function workReminders(
  services: Services,
  limits: ReminderLimits,
  counts: ReminderCounts,
): Promise<void> {
  const looks = new Map<string, number>();
  const health = queueHealth();
  const isOver = (): boolean =>
    (limits.maxSends !== null && counts.sent + counts.uncertain >= limits.maxSends) ||
    (limits.deadline !== null && services.clock() >= limits.deadline);
  for (;;) {
    const due = await dueReminders(services, atOnce + looks.size);
    const fresh = due.filter((id) => (looks.get(id) ?? 0) < mostLooks).slice(0, atOnce);
    if (fresh.length === 0) return;
    for (const closingId of fresh) {
      services.signal.throwIfAborted();
      if (isOver()) return;
      const one = await remind(services, closingId);
      if (one.result === 'waiting') looks.set(closingId, (looks.get(closingId) ?? 0) + 1);
      else looks.delete(closingId);
      count(counts, one);
      health.note({ outcome: outcomes[one.result], reasons: [], failure: one.failure, row: null });
    }
  }
}

const outcomes = {
  sent: 'sent',
  left_out: 'suppressed',
  waiting: 'waiting',
  uncertain: 'uncertain',
  failed: 'failed',
} as const;

function count(counts: ReminderCounts, { result }: ReminderResult): void {
  if (result === 'waiting') return;
  counts[result === 'left_out' ? 'leftOut' : result] += 1;
}

/** As a side task of a survey run: a failure that stops reminders is returned beside their counts. */
export async function remindInPassing(
  services: Services,
  limits: ReminderLimits,
): Promise<{ reminders: ReminderCounts; failure: Failure | null }> {
  const reminders: ReminderCounts = { sent: 0, leftOut: 0, uncertain: 0, failed: 0 };
  try {
    await workReminders(services, limits, reminders);
    return { reminders, failure: null };
  } catch (error) {
    if (!(error instanceof Failure) || services.signal.aborted) throw error;
    return { reminders, failure: error };
  }
}
