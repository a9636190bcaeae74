import { settingsOfBrand } from '../config/brand-settings.ts';
import { namingBrand } from '../config/failure-of-brand.ts';
import type { BrandSettings } from '../config/settings.ts';
import { namedBrand } from './configure/brand/named-brand.ts';
import { formOf } from '../domain/survey/form.ts';
import { readBrand } from '../html/brand.ts';
import type { Language } from '../html/languages.ts';
import type { PreviewParts } from '../server/preview/preview-files.ts';
import { sampleMessages, type MessageSettings } from '../workflow/checks/sample-messages.ts';
import type { PreviewSettings } from './preview-settings.ts';

/** What the preview shows: first the profile's own parts or the one brand requested, then each brand. */
export interface PreviewedParts {
  own: PreviewParts;
  /** Empty if only one brand is requested. */
  brands: PreviewParts[];
  languages: Language[];
}

/** @throws Failure kind configuration `unknown_brand`, or for a template, logo, or sender that cannot be used */
export async function previewParts(
  { settings, companyName }: PreviewSettings,
  { nowMs, language, brand }: { nowMs: number; language: Language | null; brand: string | undefined },
): Promise<PreviewedParts> {
  const { brands, profile } = settings;
  const partsOf = async (of: MessageSettings, name: string | null): Promise<PreviewParts> => {
    const company = of.policy.companyName ?? companyName;
    const messages = await sampleMessages(of, company, nowMs, name);
    return {
      ...{ brand: await readBrand(of.brand), companyName: company, nowMs, profile, name },
      form: formOf(of.policy),
      messages: messages.filter((message) => language === null || message.language === language),
    };
  };
  const partsOfBrand = (one: BrandSettings): Promise<PreviewParts> =>
    namingBrand(one.name, () => partsOf(settingsOfBrand(settings, one), one.name));
  const chosen = brand === undefined ? null : namedBrand(brands, brand);
  const own = chosen === null ? await partsOf(settings, null) : await partsOfBrand(chosen);
  const others = chosen === null ? brands : [];
  const beside: PreviewParts[] = [];
  for (const one of others) beside.push(await partsOfBrand(one));
  return { own, brands: beside, languages: own.messages.map((message) => message.language) };
}
