import { mendStoredTimes } from '../../store/stored-times.ts';
import type { Services } from './services.ts';

/** Mends what a clock that was wrong has stored. @returns what could not be, for people */
export async function mendTimes({ ledger, clock, settings }: Services): Promise<string[]> {
  const reminderAfterMs = settings.policy.reminderAfter;
  const { sentences } = await mendStoredTimes(ledger, clock(), { reminderAfterMs });
  return sentences;
}
