import { timeNow } from '../../domain/values/instant.ts';
import type { FullHour } from '../../documents/survey.ts';
import { fullUntil, type HourlyCap } from '../../store/queue/hourly-cap.ts';
import type { Services } from './services.ts';

/** The cap of the lane that these services send in. */
export function hourlyCapOf({ lane, settings }: Pick<Services, 'lane' | 'settings'>): HourlyCap {
  return { lane, maxPerHour: settings.policy.maxPerHour };
}

/** The cap and when the next message may leave, if the hour is full; else null. */
export async function fullHour(
  services: Pick<Services, 'ledger' | 'lane' | 'settings' | 'clock'>,
): Promise<FullHour | null> {
  const { maxPerHour } = services.settings.policy;
  if (maxPerHour === null) return null;
  const until = await fullUntil(services.ledger, hourlyCapOf(services), timeNow(services.clock));
  return until === null ? null : { maxPerHour, until };
}
