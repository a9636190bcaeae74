import { defaultPolicy, type Policy } from '../domain/eligibility/policy.ts';
import { Failure } from '../failure.ts';
import type { LayerReader, OnInvalid } from './layers.ts';
import { parsePolicyValue, policyFrom } from './policy.ts';
import type { StoredProfile } from './profiles.ts';
import { isPolicyKey, policyKeys } from './setting-keys.ts';

/** @param storedIn for messages: the profile and its file. */
export function resolvePolicy(
  { origins, parse }: LayerReader,
  { policy }: StoredProfile,
  storedIn: string,
  onInvalid: OnInvalid | undefined,
): Policy {
  for (const key of Object.keys(policy)) {
    if (isPolicyKey(key)) continue;
    const failure = unknownPolicy(key, storedIn);
    if (onInvalid === undefined) throw failure;
    onInvalid(key, failure);
    origins[key] = 'profile';
  }
  for (const key of policyKeys) origins[key] = policy[key] === undefined ? 'default' : 'profile';
  return policyFrom(policy, (key, text) =>
    parse(
      key,
      { text, manner: 'sentence', origin: 'profile', source: `${key} of ${storedIn}` },
      (given) => parsePolicyValue(key, given),
      defaultPolicy[key],
    ),
  );
}

function unknownPolicy(key: string, storedIn: string): Failure {
  return new Failure('configuration', 'bad_configuration', `${storedIn} has the unknown policy '${key}'`, {
    hint: 'Correct its spelling in the file, or remove it.',
  });
}
