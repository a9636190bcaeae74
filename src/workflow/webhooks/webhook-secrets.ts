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

/** What of the specification Gladly authenticates itself with. */
export type WebhookSecret = Pick<WebhookSpecification, 'credentials' | 'headers'>;

/** 256 bits: nobody guesses them, and they are never typed. */
const passwordBytes = 32;

/** The webhook that the settings' profile knows; none where the profile is of another organization, or is missing. */
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

/** Null: forgets it, with its secrets. */
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
  /** What Gladly is given. */
  secret: WebhookSecret;
  /** What the profile keeps of it; null where the environment gave it. */
  kept: StoredWebhookSecret | null;
  previous: StoredWebhookSecret[];
}

/**
 * The secret that Gladly shall use from now on: the environment's, else a made-up one. One that an earlier installation
 * made and could not finish with is taken again, so that however often it is tried, Gladly's own is among those that
 * are accepted.
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

/** A password that is kept nowhere would be unknown to the server, which then refuses every event. */
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
