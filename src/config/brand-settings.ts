import type { BrandSettings, Settings } from './settings.ts';

/** The settings that a brand may change. */
type Branded = Pick<
  Settings,
  'brand' | 'brands' | 'from' | 'origins' | 'policy' | 'publicUrl' | 'templateFile'
>;

/**
 * The settings that apply to the closings of one brand.
 *
 * @param name null: closings that no brand claims, for which the profile's own settings apply
 * @returns null if the profile no longer has such a brand
 */
export function settingsFor<Some extends Branded>(settings: Some, name: string | null): Some | null {
  if (name === null) return settings;
  const brand = settings.brands.find((one) => one.name === name);
  return brand === undefined ? null : settingsOfBrand(settings, brand);
}

/**
 * A brand with its own company name takes nothing from the profile that shows another company: no logo, no name
 * beside the sender's address, and none of its sentences. A brand with its own language takes no sentences in
 * another.
 */
export function settingsOfBrand<Some extends Branded>(settings: Some, { own }: BrandSettings): Some {
  const { brand, policy, from, origins } = settings;
  const isNamed = own.companyName !== undefined;
  const language = own.language ?? policy.language;
  const keepsTexts = !isNamed && language === policy.language;
  const text = (key: TextKey): string | null => own[key] ?? (keepsTexts ? policy[key] : null);
  const texts = {
    questionText: text('questionText'),
    resolvedText: text('resolvedText'),
    commentText: text('commentText'),
    thanksTitle: text('thanksTitle'),
    thanksText: text('thanksText'),
  };
  const color = own.brandColor ?? policy.brandColor;
  return {
    ...settings,
    from: own.from ?? (isNamed ? withoutName(from) : from),
    // A getter, because the URL may become known later, and spreading would freeze its current value.
    get publicUrl() {
      return own.publicUrl ?? settings.publicUrl;
    },
    templateFile: own.template ?? settings.templateFile,
    brand: {
      color,
      logoFile: own.logo ?? (isNamed ? null : brand.logoFile),
      texts: {
        language,
        question: texts.questionText,
        resolved: texts.resolvedText,
        comment: texts.commentText,
        thanksTitle: texts.thanksTitle,
        thanks: texts.thanksText,
      },
    },
    policy: {
      ...policy,
      ...texts,
      companyName: own.companyName ?? policy.companyName,
      language,
      brandColor: color,
    },
    origins: own.publicUrl === undefined ? origins : { ...origins, publicUrl: 'profile' },
  };
}

type TextKey = 'questionText' | 'resolvedText' | 'commentText' | 'thanksTitle' | 'thanksText';

/** `Acme <care@acme.com>` becomes `care@acme.com`. */
function withoutName(from: string | null): string | null {
  const [, address] = /<([^<>]*)>\s*$/.exec(from ?? '') ?? [];
  return address?.trim() ?? from;
}
