import type { Domain } from './domain.ts';
import type { OnInvalid } from './layers.ts';
import type { StoredProfile } from './profiles.ts';
import type { SandboxAccount } from './sandbox-account.ts';
import type { OnSecret } from './secrets.ts';
import type { GlobalFlags, SettingOverrides, Settings } from './settings.ts';

/** Settings whose required values may still be missing. */
export interface ResolvedSettings extends Omit<
  Settings,
  'origin' | 'hostKind' | 'email' | 'token' | 'database'
> {
  readonly domain: Domain | null;
  readonly email: string | null;
  readonly token: string | null;
  /** Null while the domain is missing, because the default file is named after it. */
  readonly database: string | null;
  readonly profileExists: boolean;
  /** The host that the saved token belongs to, if the token was left out because another host was given. */
  readonly foreignToken: string | null;
}

export interface SettingSources {
  readonly flags: GlobalFlags;
  readonly env: NodeJS.ProcessEnv;
  readonly overrides?: SettingOverrides | undefined;
  /** Replaces the stored profile. */
  readonly draft?: StoredProfile;
  /** Replaces the profile completely. */
  readonly sandbox?: SandboxAccount;
  readonly onInvalid?: OnInvalid;
  readonly onSecret?: OnSecret;
}
