import type { DeliveryName } from '../domain/delivery.ts';
import type { Policy } from '../domain/eligibility/policy.ts';
import type { HostKind } from './domain.ts';
import type { WebhookCredentials } from './webhook-credentials.ts';

/** Where a value came from; a later one gives way to an earlier one. */
export type SettingOrigin = 'flag' | 'environment' | 'profile' | 'default' | 'sandbox';

/** The global options that decide settings, as given on the command line. There is none for the token. */
export interface GlobalFlags {
  profile?: string | undefined;
  domain?: string | undefined;
  email?: string | undefined;
  /** The API token is read from stdin. */
  tokenStdin?: boolean | undefined;
  /** Hosts that are not Gladly's are allowed. */
  allowHost?: boolean | undefined;
  database?: string | undefined;
  sandbox?: boolean | undefined;
  /** Seconds. */
  timeout?: string | undefined;
  delivery?: string | undefined;
  /** Percent. */
  rateShare?: string | undefined;
}

/** Everything that a command needs to know about the organisation it works for. */
export interface Settings {
  profile: string;
  /** E.g. `https://acme.gladly.com`; nothing else ever gets the credentials. */
  origin: string;
  hostKind: HostKind;
  /** The API user: user name of the Basic credentials. */
  email: string;
  token: string;
  /** Of one HTTP request. */
  timeoutMs: number;
  /** Percent of the organisation's rate limit that we may use, 1 to 100. */
  ratePercent: number;
  delivery: DeliveryName;
  /** Sender address or number. */
  from: string | null;
  smtpUrl: string | null;
  /** Where customers reach the survey page, without a slash at the end. Null: not given, and the delivery needs it. */
  publicUrl: string | null;
  /** A file path, or a `sqlite:` or `postgres:` URL. */
  database: string;
  dataDir: string;
  configDir: string;
  outboxDir: string;
  /** The operator's own mail template; null: the built-in one. */
  templateFile: string | null;
  /** Of the survey page. `color`: `#rrggbb`, or null for our own; `logoFile`: the operator's picture. */
  brand: { color: string | null; logoFile: string | null };
  /** Addresses and CIDR ranges of proxies whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  policy: Policy;
  /**
   * The signing key of survey links, at least 32 bytes; made at first need. Not kept (`keep: false`) it lives as long as
   * the process.
   */
  surveySecret: (options?: { keep: boolean }) => Promise<Uint8Array>;
  /** All that Gladly may authenticate itself with now; what changes in the files is seen at the next call. */
  webhookCredentials(): Promise<WebhookCredentials>;
  /** By the name of the setting as in `configure show`, e.g. `domain`, `timeout`, `suppressionDays`. */
  origins: Record<string, SettingOrigin>;
}
