import { traitsOf, type DeliveryName } from '../../domain/delivery.ts';
import type { Lane } from '../../domain/values/lanes.ts';
import { isZoned } from '../../domain/values/time-range.ts';
import { zoneProblem } from '../../domain/values/time-zone.ts';
import type { Output } from '../../terminal/output.ts';
import { keptOrganization } from '../../workflow/context/organization.ts';
import type { Services } from '../../workflow/context/services.ts';

export function laneOf(delivery: DeliveryName): Lane {
  return traitsOf(delivery).lane;
}

/**
 * The organization's zone as the ledger remembers it, so that reading needs no network; UTC if the ledger does not
 * know the zone, with a warning if the texts depend on it.
 */
export async function zoneOf(
  ledger: Services['ledger'],
  texts: readonly string[],
  output: Pick<Output, 'warn'>,
): Promise<string> {
  if (texts.every((text) => isZoned(text))) return 'UTC';
  return keptZone(ledger, output, 'times without an offset are');
}

/** The same for a list, which also shows times in this zone: returns the zone even if no text depends on it. */
export async function listZoneOf(
  ledger: Services['ledger'],
  texts: readonly string[],
  output: Pick<Output, 'warn'>,
): Promise<string> {
  if (!texts.every((text) => isZoned(text))) return zoneOf(ledger, texts, output);
  const zone = (await keptOrganization(ledger))?.timezone ?? null;
  return zone === null || zoneProblem(zone) !== null ? 'UTC' : zone;
}

/** The same for output that shows and counts by day: warns whenever the zone is unknown. */
export function calendarZoneOf(ledger: Services['ledger'], output: Pick<Output, 'warn'>): Promise<string> {
  return keptZone(ledger, output, 'times and days are');
}

async function keptZone(
  ledger: Services['ledger'],
  { warn }: Pick<Output, 'warn'>,
  what: string,
): Promise<string> {
  const kept = await keptOrganization(ledger);
  const zone = kept?.timezone ?? null;
  const problem =
    kept === null ? "this ledger does not know the organization's time zone yet" : zoneProblem(zone);
  if (problem === null) return zone ?? 'UTC';
  warn(`${problem}; ${what} read as UTC`);
  return 'UTC';
}
