import { Failure } from '../failure.ts';
import { withoutAccount } from './environment.ts';
import { complete } from './load-settings.ts';
import { resolveSettings } from './resolve.ts';
import type { SettingSources } from './resolved-settings.ts';
import type { SandboxAccount } from './sandbox-account.ts';
import type { GlobalFlags, Settings } from './settings.ts';

/**
 * Settings that point to an embedded sandbox. They leave out the user's account, profiles, folders and ledger, but
 * keep a ledger named with `--database`, since the user asked for it.
 *
 * @param directory a private folder that lives as long as the sandbox.
 * @throws Failure kind usage or configuration for other options that are wrong.
 */
export async function sandboxSettings(
  { timeout, rateShare, delivery, database }: GlobalFlags,
  env: NodeJS.ProcessEnv,
  sandbox: SandboxAccount,
  directory: string,
  more: Pick<SettingSources, 'overrides' | 'onSecret'> = {},
): Promise<Settings> {
  const resolved = await resolveSettings({
    flags: { timeout, rateShare, delivery, database },
    env: { ...withoutAccount(env), GCSAT_DATA_DIR: directory, GCSAT_CONFIG_DIR: directory },
    sandbox,
    ...more,
  });
  return complete(resolved);
}

/** @throws Failure kind usage for flags of an account, which the sandbox would ignore. */
export function refuseAccountFlags({ domain, email, tokenStdin }: GlobalFlags): void {
  const given = [
    ...(domain === undefined ? [] : ['--domain']),
    ...(email === undefined ? [] : ['--email']),
    ...(tokenStdin === true ? ['--token-stdin'] : []),
  ];
  if (given.length === 0) return;
  throw new Failure(
    'usage',
    'account_with_sandbox',
    `${given.join(', ')} cannot be used with the sandbox, which has its own account`,
    { hint: 'Leave out one of them, or unset GCSAT_SANDBOX.' },
  );
}
