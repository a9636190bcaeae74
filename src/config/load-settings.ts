import { Failure } from '../failure.ts';
import { resolveSettings } from './resolve.ts';
import type { ResolvedSettings, SettingSources } from './resolved-settings.ts';
import type { GlobalFlags, Settings } from './settings.ts';

/**
 * The settings of the chosen profile: flag, then environment, then profile, then default.
 *
 * @throws Failure kind configuration if something is missing (the message names all of it) or stored wrongly; kind
 *   usage for a bad flag.
 */
export async function loadSettings(
  flags: GlobalFlags,
  env: NodeJS.ProcessEnv,
  more: Pick<SettingSources, 'overrides' | 'onSecret'> = {},
): Promise<Settings> {
  return complete(await resolveSettings({ flags, env, ...more }));
}

/** @throws Failure `not_configured` */
export function complete(resolved: ResolvedSettings): Settings {
  const { domain, email, token, database, profileExists, foreignToken, ...rest } = resolved;
  if (domain !== null && email !== null && token !== null && database !== null) {
    return {
      ...rest,
      // A getter, because the URL may become known later, and spreading would freeze its current value.
      get publicUrl() {
        return resolved.publicUrl;
      },
      origin: domain.origin,
      hostKind: domain.hostKind,
      email,
      token,
      database,
    };
  }
  const missing = [
    ...(domain === null ? [{ name: 'domain', give: '--domain or GCSAT_DOMAIN' }] : []),
    ...(email === null ? [{ name: 'API user email', give: '--email or GCSAT_EMAIL' }] : []),
    ...(token === null
      ? [{ name: 'API token', give: '--token-stdin, GCSAT_TOKEN or GCSAT_TOKEN_FILE' }]
      : []),
  ];
  const names = missing.map(({ name }) => name).join(', ');
  const lack = profileExists
    ? `profile '${rest.profile}' is missing: ${names}`
    : `there is no profile '${rest.profile}' yet; missing: ${names}`;
  const foreign =
    foreignToken === null ? '' : `; the token saved for ${foreignToken} is not sent to another host`;
  throw new Failure('configuration', 'not_configured', `not configured: ${lack}${foreign}`, {
    hint: `Run \`gcsat configure\`, or give ${missing.map(({ give }) => give).join('; ')}. To try without an account, add --sandbox.`,
  });
}
