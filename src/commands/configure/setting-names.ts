import { policyKeys, profileKeys } from '../../config/setting-keys.ts';
import { Failure } from '../../failure.ts';
import { suggest } from '../../terminal/suggest.ts';

/** Replaces a secret in output. */
export const isSet = 'set';

export function unknownKey(key: string, keys: readonly string[] = [...policyKeys, ...profileKeys]): Failure {
  const isAccount = ['domain', 'email', 'token'].includes(key);
  const near = suggest(key, keys);
  return new Failure('usage', 'unknown_key', `unknown setting '${key}'`, {
    hint: isAccount
      ? 'Run `gcsat configure`, which checks it against Gladly first.'
      : near === null
        ? `Use one of ${keys.join(', ')}.`
        : `Did you mean ${near}?`,
  });
}
