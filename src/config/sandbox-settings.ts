import { defaultPolicy } from '../domain/eligibility/policy.ts';
import { Failure } from '../failure.ts';
import { withoutAccount } from './environment.ts';
import { complete } from './load-settings.ts';
import { localPublicUrl, resolveSettings } from './resolve.ts';
import type { GlobalFlags, SettingOrigin, Settings } from './settings.ts';

/** What of an embedded sandbox the settings need. */
export interface SandboxAccount {
  readonly origin: string;
  readonly email: string;
  readonly token: string;
  readonly fromAddress: string;
  readonly fromNumber: string;
}

/**
 * Settings that point to an embedded sandbox. The user's account, profiles, folders and ledger play no part; a ledger
 * named by `--database` does, as it was asked for by hand.
 *
 * @param directory a private folder that lives as long as the sandbox.
 * @throws Failure kind usage or configuration for other options that are wrong.
 */
export async function sandboxSettings(
  flags: GlobalFlags,
  env: NodeJS.ProcessEnv,
  sandbox: SandboxAccount,
  directory: string,
): Promise<Settings> {
  const { timeout, rateShare, delivery, database } = flags;
  const settings = complete(
    await resolveSettings({
      flags: { timeout, rateShare, delivery, database },
      // Also folders that the environment names are the real installation's.
      env: { ...withoutAccount(env), GCSAT_DATA_DIR: directory, GCSAT_CONFIG_DIR: directory },
      draft: {
        domain: sandbox.origin,
        email: sandbox.email,
        token: sandbox.token,
        values: { delivery: 'gladly-email' },
        policy: {},
      },
    }),
  );
  const fromSandbox = (origin: SettingOrigin): SettingOrigin => (origin === 'profile' ? 'sandbox' : origin);
  const origins = Object.entries(settings.origins).map(
    ([name, origin]) => [name, fromSandbox(origin)] as const,
  );
  return {
    ...settings,
    profile: 'sandbox',
    // The sandbox takes mail from its own senders only, as Gladly does.
    from: settings.delivery === 'gladly-sms' ? sandbox.fromNumber : sandbox.fromAddress,
    publicUrl: settings.publicUrl ?? localPublicUrl,
    policy: defaultPolicy,
    origins: {
      ...Object.fromEntries(origins),
      profile: 'sandbox',
      from: 'sandbox',
      configDir: 'sandbox',
      dataDir: 'sandbox',
    },
  };
}

/** @throws Failure kind usage when an account is named that would be left out silently. */
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
    `${given.join(', ')} can not be used with the sandbox, which has its own account`,
    { hint: 'leave out one of them, or unset GCSAT_SANDBOX' },
  );
}
