import { Failure } from '../failure.ts';
import { resolveSettings, type ResolvedSettings } from './resolve.ts';
import type { GlobalFlags, Settings } from './settings.ts';

/**
 * The settings of the chosen profile: flag, then environment, then profile, then default.
 *
 * @throws Failure kind configuration when something is missing (all of it is named at once) or stored wrongly;
 *   kind usage for a bad flag.
 */
export async function loadSettings(flags: GlobalFlags, env: NodeJS.ProcessEnv): Promise<Settings> {
  return complete(await resolveSettings({ flags, env }));
}

/** The settings, if nothing is missing. */
export function complete(resolved: ResolvedSettings): Settings {
  const { domain, email, token, database, profileExists, foreignToken, ...rest } = resolved;
  if (domain !== null && email !== null && token !== null && database !== null) {
    return { ...rest, origin: domain.origin, hostKind: domain.hostKind, email, token, database };
  }
  const missing = [
    ...(domain === null ? [{ name: 'domain', give: '--domain or GCSAT_DOMAIN' }] : []),
    ...(email === null ? [{ name: 'API user e-mail', give: '--email or GCSAT_EMAIL' }] : []),
    ...(token === null
      ? [{ name: 'API token', give: '--token-stdin, GCSAT_TOKEN or GCSAT_TOKEN_FILE' }]
      : []),
  ];
  const names = missing.map(({ name }) => name).join(', ');
  const lack = profileExists
    ? `profile '${rest.profile}' lacks: ${names}`
    : `there is no profile '${rest.profile}' yet; missing: ${names}`;
  const foreign =
    foreignToken === null ? '' : `; the token saved for ${foreignToken} is not sent to another host`;
  throw new Failure('configuration', 'not_configured', `not configured: ${lack}${foreign}`, {
    hint: `run \`gcsat configure\`, or give ${missing.map(({ give }) => give).join('; ')}; or add --sandbox to try without an account`,
  });
}
