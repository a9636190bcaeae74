import type { DeliveryName } from '../domain/delivery.ts';
import type { Policy } from '../domain/eligibility/policy.ts';
import type { HostKind } from './domain.ts';
import type { BrandSetting } from './setting-keys.ts';
import type { ReadWebhookCredentials, WebhookCredentials } from './webhook-credentials.ts';

/**
 * Where a value came from. A flag overrides the environment, and so on down to the default; `sandbox` is the embedded
 * sandbox.
 */
export type SettingOrigin = 'flag' | 'environment' | 'profile' | 'default' | 'sandbox';

/** By the name of the setting as in `configure show`, e.g. `domain`, `timeout`, `suppressionDays`. */
export type SettingOrigins = Readonly<Record<string, SettingOrigin>>;

/** The global options that determine settings, as given on the command line. None of them holds the token. */
export interface GlobalFlags {
  readonly profile?: string | undefined;
  readonly domain?: string | undefined;
  readonly email?: string | undefined;
  /** Read the API token from stdin. */
  readonly tokenStdin?: boolean | undefined;
  /** Allow hosts that are not Gladly's. */
  readonly allowHost?: boolean | undefined;
  readonly database?: string | undefined;
  readonly sandbox?: boolean | undefined;
  /** Seconds. */
  readonly timeout?: string | undefined;
  readonly delivery?: string | undefined;
  /** Percent. */
  readonly rateShare?: string | undefined;
}

/** What a command sets for one run, whatever the profile and the environment say. */
export interface SettingOverrides {
  /** False: a signing key that does not exist yet lives only as long as the process. */
  readonly keepsSigningKey?: boolean;
  readonly webhookCredentials?: WebhookCredentials;
  /** The URL of the survey page once this process serves it; null until then. */
  readonly publicUrl?: () => string | null;
}

/** Settings of Medallia Agent Connect. */
export interface MedalliaSettings {
  /** The test key or the production key: nothing else tells the two apart. */
  readonly apiKey: string | null;
  /** Signs the requests that read answers. */
  readonly apiSecret: string | null;
  /** The keys are sent nowhere else. */
  readonly origin: string;
  /** Gladly channels that map to other channels of Agent Connect than by default. */
  readonly channels: ReadonlyMap<string, string>;
  /** Lists the employees whose email address differs in Agent Connect. */
  readonly employeesFile: string | null;
  /** Null: the request names no brand. */
  readonly brand: string | null;
  readonly language: string | null;
  /** Requests per minute. */
  readonly perMinute: number;
  /** Closings for which no survey is sent are requested with `do_not_send`, so that Agent Connect counts them. */
  readonly countSuppressed: boolean;
}

/** One of several companies, or one of a company's lines, whose surveys a profile sends. */
export interface BrandSettings {
  /** The name as in the ledger and in reports. */
  readonly name: string;
  /** Ids or names, as in `excludedInboxes`. */
  readonly inboxes: readonly string[];
  /** The brand's own values; for all else, the profile's apply. */
  readonly own: Readonly<Partial<Record<BrandSetting, string>>>;
}

/** Everything a command needs to know about the organization it works for. */
export interface Settings {
  readonly profile: string;
  /** E.g. `https://acme.gladly.com`; the credentials are sent nowhere else. */
  readonly origin: string;
  readonly hostKind: HostKind;
  /** The API user: the user name of the Basic credentials. */
  readonly email: string;
  readonly token: string;
  /** Timeout of one HTTP request. */
  readonly timeoutMs: number;
  /** Percent of the organization's rate limit that we may use, 1 to 100. */
  readonly ratePercent: number;
  readonly delivery: DeliveryName;
  /** Sender address or number. */
  readonly from: string | null;
  readonly smtpUrl: string | null;
  /** Where alerts about low ratings go; null: nowhere. The secret signs them as Standard Webhooks specifies. */
  readonly alerts: { readonly url: string | null; readonly secret: string | null };
  /** Where customers reach the survey page, without a slash at the end; null if it is needed but not given. */
  readonly publicUrl: string | null;
  /** A file path, or a `sqlite:` or `postgres:` URL. */
  readonly database: string;
  readonly dataDir: string;
  readonly configDir: string;
  readonly outboxDir: string;
  /** The operator's own mail template; null: the built-in one. */
  readonly templateFile: string | null;
  /** For mail and survey page. `color`: `#rrggbb`, or null for our own; `logoFile`: the operator's picture. */
  readonly brand: {
    readonly color: string | null;
    readonly logoFile: string | null;
    /** The same as `OwnTexts` of the pages. */
    readonly texts: {
      readonly language: string;
      readonly question: string | null;
      readonly resolved: string | null;
      readonly comment: string | null;
      readonly thanksTitle: string | null;
      readonly thanks: string | null;
    };
  };
  /** Empty: all closings use the profile's settings. */
  readonly brands: readonly BrandSettings[];
  readonly medallia: MedalliaSettings;
  /** Addresses and CIDR ranges of proxies whose X-Forwarded-For is trusted. */
  readonly trustedProxies: readonly string[];
  readonly policy: Policy;
  /** The signing key of survey links, at least 32 bytes; created when first needed. */
  readonly surveySecret: () => Promise<Uint8Array>;
  /** Earlier signing keys, newest first; they are valid only for unsubscribing. */
  readonly previousSurveySecrets: () => Promise<readonly Uint8Array[]>;
  /** All credentials that Gladly may use now; each call sees changes of the files. */
  readonly webhookCredentials: ReadWebhookCredentials;
  readonly origins: SettingOrigins;
}
