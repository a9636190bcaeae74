import { traitsOf, type DeliveryName } from '../domain/delivery.ts';
import type { StoredBrands, StoredProfile } from './profiles.ts';

/** What the settings need of an embedded sandbox. */
export interface SandboxAccount {
  readonly origin: string;
  readonly email: string;
  readonly token: string;
  readonly fromAddress: string;
  readonly fromNumber: string;
  /** The brands that the profile has with GCSAT_SANDBOX_BRANDS. */
  readonly brands?: readonly SandboxBrand[];
  /** Keys of Agent Connect, which answers at the same origin. */
  readonly medallia: { readonly apiKey: string; readonly apiSecret: string };
}

export interface SandboxBrand extends Pick<SandboxAccount, 'fromAddress' | 'fromNumber'> {
  readonly name: string;
  readonly inbox: string;
  readonly companyName: string;
  readonly color: string;
  readonly language: string;
}

/** Where the sandbox accepts alerts, and the key that signs them, which like its token is no secret. */
const sandboxAlertPath = '/_sandbox/alerts';
const sandboxAlertSecret = `whsec_${Buffer.from('the alerts of the sandbox').toString('base64')}`;

/** Like Gladly, the sandbox accepts messages only from its own senders. */
export function senderOf(
  sandbox: Pick<SandboxAccount, 'fromAddress' | 'fromNumber'>,
  delivery: DeliveryName,
): string {
  return traitsOf(delivery).addressKind === 'mobile' ? sandbox.fromNumber : sandbox.fromAddress;
}

/** @param policy what is given in addition to the sandbox's own policy */
export function storedProfileOf(
  { origin, email, token, medallia }: SandboxAccount,
  policy: StoredProfile['policy'] = {},
): StoredProfile {
  return {
    domain: origin,
    email,
    token,
    values: {
      delivery: 'gladly-email',
      alertUrl: `${origin}${sandboxAlertPath}`,
      alertSecret: sandboxAlertSecret,
      medalliaUrl: origin,
      medalliaApiKey: medallia.apiKey,
      medalliaApiSecret: medallia.apiSecret,
    },
    // Shows features that are off by default.
    policy: {
      followUpTask: 'on',
      reasons: 'Slow reply, Wrong answer, Had to ask again, Unfriendly',
      question: 'scale: How likely are you to recommend us to a friend? | Not at all likely | Very likely',
      ...policy,
    },
  };
}

/** The sandbox's brands, as a profile stores them. */
export function brandsOfSandbox({ brands = [] }: SandboxAccount, delivery: DeliveryName): StoredBrands {
  return Object.fromEntries(
    brands.map((brand) => [
      brand.name,
      {
        inboxes: brand.inbox,
        companyName: brand.companyName,
        brandColor: brand.color,
        language: brand.language,
        from: senderOf(brand, delivery),
      },
    ]),
  );
}
