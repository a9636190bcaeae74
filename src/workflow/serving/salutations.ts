import { settingsFor } from '../../config/brand-settings.ts';
import { companyNameOf } from '../../store/closings/groups.ts';
import type { Services } from '../context/services.ts';
import { knownOrganization } from './known-organization.ts';

/** What every page needs, even one that shows nothing else. */
export interface Salutation {
  /** Empty where nobody knows it, or whose survey is meant. */
  companyName: string;
  /** The brand's, or the profile's. */
  language: string;
  /** That the survey was sent for; null: none. Empty for a link to no survey, where there are brands. */
  brand: string | null;
}

/** How the pages of a brand greet, and the zone of their times; null: those of no brand. */
export function salutations(
  services: Services,
): (brand: string | null) => Promise<Salutation & { timeZone: string | null }> {
  const { ledger, settings } = services;
  const organization = knownOrganization(services);
  return async (brand) => {
    const { name, timezone: timeZone } = await organization();
    if (brand === '') return { companyName: '', language: settings.policy.language, brand, timeZone };
    const own = settingsFor(settings, brand)?.policy;
    // Of a brand that the profile has no longer, what its last customers read.
    const companyName =
      own === undefined ? await companyNameOf(ledger, brand ?? '') : (own.companyName ?? name);
    const { language } = own ?? settings.policy;
    return { companyName: companyName ?? '', language, brand, timeZone };
  };
}
