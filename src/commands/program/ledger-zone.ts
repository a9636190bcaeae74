import { traitsOf, type DeliveryName } from '../../domain/delivery.ts';
import type { Lane } from '../../domain/closing/lanes.ts';
import { isTimeZone, isZoned } from '../../domain/values/time-range.ts';
import type { Output } from '../../terminal/output.ts';
import { keptOrganization } from '../../workflow/context/organization.ts';
import type { Services } from '../../workflow/context/services.ts';

export function laneOf(delivery: DeliveryName): Lane {
  return traitsOf(delivery).lane;
}

/**
 * The organization's zone as the ledger remembers it, so that reading needs no network; UTC where it does not know, with a
 * warning if the texts depend on it.
 */
export async function zoneOf(
  ledger: Services['ledger'],
  texts: readonly string[],
  { warn }: Pick<Output, 'warn'>,
): Promise<string> {
  if (texts.every((text) => isZoned(text))) return 'UTC';
  const kept = await keptOrganization(ledger);
  const zone = kept?.timezone ?? null;
  if (zone !== null && isTimeZone(zone)) return zone;
  const why =
    kept === null
      ? "this ledger does not know the organization's time zone yet"
      : zone === null
        ? 'Gladly reports no time zone for the organization'
        : `the organization's time zone '${zone}' is unknown here`;
  warn(`${why}; times without an offset are read as UTC`);
  return 'UTC';
}
