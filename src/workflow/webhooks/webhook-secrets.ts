import { randomBytes } from 'node:crypto';
import {
  changeProfile,
  readProfiles,
  type StoredWebhook,
  type StoredWebhookSecret,
} from '../../config/profiles.ts';
import type { Settings } from '../../config/settings.ts';
import { defaultWebhookUser, type GivenWebhookSecret } from '../../config/webhook-credentials.ts';
import { Failure } from '../../failure.ts';
import type { WebhookSpecification } from '../../gladly/resources/webhooks.ts';

/** The part of the specification that Gladly authenticates with. */
export type WebhookSecret = Pick<WebhookSpecification, 'credentials' | 'headers'>;

/** 256 bits: impossible to guess, and never typed. */
const passwordBytes = 32;

/** The webhook that the settings' profile knows; none if the profile is missing or belongs to another organization. */
export async function storedWebhook({
  configDir,
  profile,
  origin,
}: Pick<Settings, 'configDir' | 'profile' | 'origin'>): Promise<{
  profileFits: boolean;
  webhook: StoredWebhook | null;
}> {
  const stored = (await readProfiles(configDir)).get(profile);
  const profileFits = stored !== undefined && stored.domain === origin;
  return { profileFits, webhook: profileFits ? (stored.webhook ?? null) : null };
}

/** Null forgets the webhook and its secrets. */
export async function storeWebhook(settings: Settings, webhook: StoredWebhook | null): Promise<void> {
  const { configDir, profile: name } = settings;
  await changeProfile(configDir, name, (stored) => {
    if (stored === undefined) return null;
    const profile = { ...stored };
    if (webhook === null) delete profile.webhook;
    else profile.webhook = webhook;
    return profile;
  });
}

export interface NextSecret {
  /** The secret that Gladly receives. */
  secret: WebhookSecret;
  /** What the profile stores of it; null if it comes from the environment. */
  kept: StoredWebhookSecret | null;
  previous: StoredWebhookSecret[];
}

/**
 * The secret for Gladly to use from now on: the environment's, else a generated one. If an earlier installation did not
 * finish, its secret is used again, so that however often installing is tried, the secret that Gladly has is among the
 * accepted ones.
 */
export function nextSecret(known: StoredWebhook | null, given: GivenWebhookSecret): NextSecret {
  const last = known?.secret;
  const isUnfinished = known?.unconfirmed === true;
  const stillUsed = isUnfinished ? (known.previous ?? []) : [];
  const previous = last === undefined ? stillUsed : [last, ...stillUsed];
  if (given.basic !== null || given.header !== null) {
    return { secret: ofEnvironment(given), kept: null, previous };
  }
  if (isUnfinished && last !== undefined) return { secret: ofProfile(last), kept: last, previous: stillUsed };
  const kept = {
    user: defaultWebhookUser,
    password: randomBytes(passwordBytes).toString('base64url'),
  };
  return { secret: ofProfile(kept), kept, previous };
}

function ofEnvironment({ basic, header }: GivenWebhookSecret): WebhookSecret {
  return {
    ...(basic === null ? {} : { credentials: { username: basic.user, password: basic.password } }),
    ...(header === null ? {} : { headers: { [header.name]: header.value } }),
  };
}

function ofProfile({ user, password }: StoredWebhookSecret): WebhookSecret {
  return { credentials: { username: user, password } };
}

/** If the password is stored nowhere, the server does not know it and refuses every event. */
export function noPlaceForSecret({ profile, origin }: Settings): Failure {
  return new Failure(
    'configuration',
    'webhook_secret_homeless',
    `there is no profile '${profile}' for ${origin} that could keep the password of the webhook`,
    {
      hint: 'Run `gcsat configure`, or set GCSAT_WEBHOOK_PASSWORD to a long random text, here and for `gcsat serve`.',
    },
  );
}
