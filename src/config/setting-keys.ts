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
  'template',
  'logo',
  'trustProxy',
  'ratePercent',
  'timeout',
] as const;

export type ProfileKey = (typeof profileKeys)[number];

export function isPolicyKey(key: string): key is PolicyKey {
  return Object.hasOwn(defaultPolicy, key);
}

export function isProfileKey(key: string): key is ProfileKey {
  return profileKeys.some((known) => known === key);
}
