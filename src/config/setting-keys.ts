import { defaultPolicy, type Policy } from '../domain/eligibility/policy.ts';

// Help needs these names, so nothing that takes time to load is imported here.

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

/** What of a profile is shown as set or not, and never printed. An address of Slack is as good as a password. */
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

export function isProfileKey(key: string): key is ProfileKey {
  return profileKeys.some((known) => known === key);
}
