import { settingsFor } from '../../config/brand-settings.ts';
import { companyNameOf } from '../../store/closings/groups.ts';
import type { Services } from '../context/services.ts';
import { knownOrganization } from './known-organization.ts';

/** What every page needs, even if it shows nothing else. */
export interface Salutation {
  /** Empty if it is unknown, or if it is unknown whose survey the link means. */
  companyName: string;
  /** The brand's, or the profile's. */
  language: string;
  /** The brand that the survey was sent for; null: none. Empty for a link to no survey if the profile has brands. */
  brand: string | null;
}

/** How a brand's pages greet, and the time zone of their times; null: pages without a brand. */
export function salutations(
  services: Services,
): (brand: string | null) => Promise<Salutation & { timeZone: string | null }> {
  const { ledger, settings } = services;
  const organization = knownOrganization(services);
  return async (brand) => {
    const { name, timezone: timeZone } = await organization();
    if (brand === '') return { companyName: '', language: settings.policy.language, brand, timeZone };
    const own = settingsFor(settings, brand)?.policy;
    // For a brand that is no longer in the profile: the name that its last customers saw.
    const companyName =
      own === undefined ? await companyNameOf(ledger, brand ?? '') : (own.companyName ?? name);
    const { language } = own ?? settings.policy;
    return { companyName: companyName ?? '', language, brand, timeZone };
  };
}
