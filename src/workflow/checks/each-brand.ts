import { settingsOfBrand } from '../../config/brand-settings.ts';
import type { Settings } from '../../config/settings.ts';
import { ofBrand } from '../../config/failure-of-brand.ts';
import { Failure } from '../../failure.ts';
import type { Finding } from './check.ts';

/** The profile's own settings, and those of each brand that differs in what is being checked. */
function settingsOfAll(
  settings: Settings,
  same: (settings: Settings) => string | null,
): { brand: string | null; settings: Settings }[] {
  const seen = new Set([same(settings)]);
  const all: { brand: string | null; settings: Settings }[] = [{ brand: null, settings }];
  for (const brand of settings.brands) {
    const own = settingsOfBrand(settings, brand);
    if (seen.has(same(own))) continue;
    seen.add(same(own));
    all.push({ brand: brand.name, settings: own });
  }
  return all;
}

/**
 * One finding for the profile and all its brands: the first warning, which names its brand, else all that are well.
 *
 * @param same the value being checked, so that no value is checked twice
 * @throws Failure of the first that is wrong; it names its brand
 */
export async function ofEachBrand(
  settings: Settings,
  same: (settings: Settings) => string | null,
  look: (settings: Settings) => Finding | Promise<Finding>,
): Promise<Finding> {
  const findings: Finding[] = [];
  for (const { brand, settings: own } of settingsOfAll(settings, same)) {
    try {
      findings.push(named(brand, await look(own)));
    } catch (error) {
      throw error instanceof Failure ? ofBrand(brand, error) : error;
    }
  }
  const warning = findings.find(({ status }) => status === 'warning');
  if (warning !== undefined) return warning;
  const well = findings.filter((finding) => finding.status === 'ok');
  const [first] = well;
  const [skipped] = findings;
  if (first === undefined) return skipped ?? { status: 'skipped', summary: 'there is nothing to look at' };
  return { ...first, summary: well.map(({ summary }) => summary).join('; ') };
}

function named(brand: string | null, finding: Finding): Finding {
  return brand === null ? finding : { ...finding, summary: `brand ${brand}: ${finding.summary}` };
}
