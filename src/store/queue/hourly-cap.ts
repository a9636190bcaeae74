import { sql } from 'kysely';
import { timeAt } from '../../domain/values/instant.ts';
import type { Lane } from '../../domain/values/lanes.ts';
import { deliveryNames, traitsOf } from '../../domain/delivery.ts';
import { clockDifferenceMs } from '../../domain/values/stored-time.ts';
import { Failure } from '../../failure.ts';
import type { Ledger, Reading } from '../ledger/ledger.ts';
import { pauseIn } from '../closings/pause.ts';

/** How many messages of a lane may leave within any hour. */
export interface HourlyCap {
  lane: Lane;
  /** Null: no limit. */
  maxPerHour: number | null;
}

const hourMs = 3_600_000;

/** With a cap, marking a message as leaving takes this lock, so that no two messages take the last place. */
export function capLock({ lane, maxPerHour }: HourlyCap): string[] {
  return maxPerHour === null ? [] : [`hourly cap ${lane}`];
}

/**
 * When the next message may leave; null: now. Every message and reminder that left, or may have left, within the last
 * hour counts, whichever process sent it. Those that certainly did not leave do not count, nor do those that a fast
 * clock dated in the future. The cost grows with how many left within the hour.
 */
export async function fullUntilIn(
  db: Reading,
  { lane, maxPerHour }: HourlyCap,
  now: string,
): Promise<string | null> {
  if (maxPerHour === null) return null;
  const since = timeAt(Date.parse(now) - hourMs);
  const until = timeAt(Date.parse(now) + clockDifferenceMs);
  const providers = deliveryNames.filter((name) => traitsOf(name).lane === lane);
  const left = db
    .selectFrom('messages')
    .select('left_at')
    .where('left_at', '>', since)
    .where('left_at', '<=', until)
    .where('provider', 'in', providers)
    .where((eb) => eb.or([eb('outcome', 'is', null), eb('outcome', '<>', 'not_sent')]))
    .unionAll(
      db
        .selectFrom('reminders')
        .select(sql<string>`left_at`.as('left_at'))
        .where('left_at', '>', since)
        .where('left_at', '<=', until)
        .where('provider', 'in', providers),
    );
  const row = await db
    .selectFrom(left.as('left'))
    .select('left_at')
    .orderBy('left_at', 'desc')
    .limit(1)
    .offset(maxPerHour - 1)
    .executeTakeFirst();
  return row === undefined ? null : timeAt(Date.parse(row.left_at) + hourMs);
}

export async function fullUntil(ledger: Ledger, cap: HourlyCap, now: string): Promise<string | null> {
  return cap.maxPerHour === null ? null : ledger.read((db) => fullUntilIn(db, cap, now));
}

/** Whether scheduled closings have to wait: sending is paused, or the hour is full. */
export async function isSendingBlockedIn(db: Reading, cap: HourlyCap, now: string): Promise<boolean> {
  return (await pauseIn(db, now)) !== null || (await fullUntilIn(db, cap, now)) !== null;
}

/** @throws Failure hourly_cap_reached, and then nothing may leave */
export async function refuseAtCap(db: Reading, cap: HourlyCap, now: string): Promise<void> {
  const until = await fullUntilIn(db, cap, now);
  if (until === null) return;
  throw new Failure(
    'temporary',
    'hourly_cap_reached',
    `${cap.maxPerHour ?? 0} messages left within the hour`,
    {
      hint: `The next one leaves at ${until}. The policy maxPerHour sets how many may leave.`,
      scope: 'contention',
    },
  );
}
