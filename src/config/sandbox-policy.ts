import { Failure } from '../failure.ts';
import { rawVariable } from './environment.ts';
import { readValue } from './invalid-value.ts';
import { parsePolicyValue } from './policy.ts';
import type { StoredProfile } from './profiles.ts';
import { isPolicyKey } from './setting-keys.ts';

const variable = 'GCSAT_SANDBOX_SET';

/**
 * Policy values for the embedded sandbox in addition to its own, as `reminderAfter=20s; bulkClosings=3`: it has no
 * profile that `configure set` could change.
 *
 * @throws Failure kind configuration
 */
export function sandboxPolicy(env: NodeJS.ProcessEnv): StoredProfile['policy'] {
  const policy: StoredProfile['policy'] = {};
  for (const part of (rawVariable(env, variable) ?? '').split(';')) {
    if (part.trim() === '') continue;
    const [, key = '', text = ''] = /^\s*(\w+)\s*=(.*)$/su.exec(part) ?? [];
    if (!isPolicyKey(key)) {
      throw new Failure(
        'configuration',
        'bad_configuration',
        `${variable}: '${part.trim()}' is not a policy setting`,
        {
          hint: 'Write e.g. reminderAfter=20s; bulkClosings=3. `gcsat configure set --help` lists the keys.',
        },
      );
    }
    const value = text.trim();
    readValue('configuration', `${variable}, ${key}`, (given) => parsePolicyValue(key, given), value);
    policy[key] = value;
  }
  return policy;
}
