import { setTimeout as wait } from 'node:timers/promises';
import type { Lane } from '../../domain/values/lanes.ts';
import type { SendingPause } from '../../domain/closing/pause.ts';
import { timeNow } from '../../domain/values/instant.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { pauseSending, resumeSending, sendingPause } from '../../store/closings/pause.ts';
import { countLeaving } from '../../store/queue/claims.ts';
import { countQueued, type Queued } from '../../store/views/counts.ts';

interface OnLedger {
  ledger: Ledger;
  lane: Lane;
  clock: () => number;
  /** For the cap on messages an hour; without settings there is no cap. */
  settings?: { policy: { maxPerHour: number | null } };
}

const lookEveryMilliseconds = 50;

export function queuedNow({ ledger, lane, clock, settings }: OnLedger): Promise<Queued> {
  return countQueued(ledger, timeNow(clock), lane, settings?.policy.maxPerHour ?? null);
}

export function sendingPauseNow(ledger: Ledger, now: string): Promise<SendingPause | null> {
  return sendingPause(ledger, now);
}

/**
 * Stops all sending on a ledger, in every process that works on it. Waits for messages that are leaving right now, so
 * that nothing leaves once this returns: that takes seconds, or minutes with a slow mail server.
 *
 * @returns how many messages were still leaving when the signal ended the wait
 */
export async function pauseAll(
  { ledger, clock }: Pick<OnLedger, 'ledger' | 'clock'>,
  pause: SendingPause,
  signal: AbortSignal,
  onWait: (leaving: number) => void,
): Promise<number> {
  await pauseSending(ledger, pause);
  for (;;) {
    const leaving = await countLeaving(ledger, timeNow(clock));
    if (leaving === 0 || signal.aborted) return leaving;
    onWait(leaving);
    await wait(lookEveryMilliseconds);
  }
}

/** @returns the pause that ended; null when there was none */
export function resumeAll({
  ledger,
  clock,
}: Pick<OnLedger, 'ledger' | 'clock'>): Promise<SendingPause | null> {
  return resumeSending(ledger, timeNow(clock));
}
