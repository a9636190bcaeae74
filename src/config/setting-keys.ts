import { defaultPolicy, type Policy } from '../domain/eligibility/policy.ts';

// Help needs these names, so this file imports nothing that takes time to load.

export type PolicyKey = keyof Policy;

export const policyKeys = Object.keys(defaultPolicy) as readonly PolicyKey[];

/** Settings of a profile, besides the account and the policy, as `configure set` names them. */
export const profileKeys = [
  'delivery',
  'from',
  'publicUrl',
  'smtpUrl',
  'alertUrl',
  'alertSecret',
  'template',
  'logo',
  'trustProxy',
  'ratePercent',
  'timeout',
  'medalliaApiKey',
  'medalliaApiSecret',
  'medalliaUrl',
  'medalliaChannels',
  'medalliaEmployees',
  'medalliaBrand',
  'medalliaLanguage',
  'medalliaRate',
  'medalliaCountSuppressed',
] as const;

export type ProfileKey = (typeof profileKeys)[number];

/** The keys of `configure brand set`. All but the inboxes are also settings of the profile, with the same rules. */
export const brandKeys = [
  'inboxes',
  'companyName',
  'brandColor',
  'logo',
  'from',
  'language',
  'publicUrl',
  'template',
  'questionText',
  'resolvedText',
  'commentText',
  'thanksTitle',
  'thanksText',
] as const;

export type BrandKey = (typeof brandKeys)[number];

/** The settings of the profile that a brand may override. */
export type BrandSetting = Exclude<BrandKey, 'inboxes'>;

/** Settings of a profile that are shown as set or not, and never printed. A Slack URL is as good as a password. */
export const secretKeys: readonly string[] = [
  'smtpUrl',
  'alertUrl',
  'alertSecret',
  'medalliaApiKey',
  'medalliaApiSecret',
];

export function isPolicyKey(key: string): key is PolicyKey {
  return Object.hasOwn(defaultPolicy, key);
}

export function isBrandKey(key: string): key is BrandKey {
  return brandKeys.some((known) => known === key);
}

export function isProfileKey(key: string): key is ProfileKey {
  return profileKeys.some((known) => known === key);
}
