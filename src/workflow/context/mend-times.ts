import { mendStoredTimes } from '../../store/stored-times.ts';
import type { Services } from './services.ts';

/** Corrects times that a wrong clock stored. @returns sentences for people about what was corrected */
export async function mendTimes({ ledger, clock, settings }: Services): Promise<string[]> {
  const reminderAfterMs = settings.policy.reminderAfter;
  const { sentences } = await mendStoredTimes(ledger, clock(), { reminderAfterMs });
  return sentences;
}
