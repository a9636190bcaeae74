import type { DeliveryName } from '../domain/delivery.ts';
import type { StoredProfile } from './profiles.ts';

/** What the settings need of an embedded sandbox. */
export interface SandboxAccount {
  readonly origin: string;
  readonly email: string;
  readonly token: string;
  readonly fromAddress: string;
  readonly fromNumber: string;
  /** Of Agent Connect, which answers at the same address. */
  readonly medallia: { readonly apiKey: string; readonly apiSecret: string };
}

/** Where the sandbox takes alerts, and what signs them: like its token, no secret. */
const sandboxAlertPath = '/_sandbox/alerts';
const sandboxAlertSecret = `whsec_${Buffer.from('the alerts of the sandbox').toString('base64')}`;

/** The sandbox, like Gladly, accepts messages from its own senders only. */
export function senderOf(sandbox: SandboxAccount, delivery: DeliveryName): string {
  return delivery === 'gladly-sms' ? sandbox.fromNumber : sandbox.fromAddress;
}

export function storedProfileOf({ origin, email, token, medallia }: SandboxAccount): StoredProfile {
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
    policy: { followUpTask: 'on' },
  };
}
