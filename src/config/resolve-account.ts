import { trustedDirectories } from './trusted-folders.ts';
import { parseDomain, type Domain } from './domain.ts';
import { environmentSwitch } from './environment.ts';
import { readLayers, type Given, type LayerReader } from './layers.ts';
import { parseProfileName } from './profile-values.ts';
import { configFile } from './config-file.ts';
import type { StoredProfile } from './profiles.ts';
import type { GlobalFlags } from './settings.ts';
import { readSecret } from './token-input.ts';

/**
 * Which profile is chosen, and the folder that holds it. Works whatever else is set or stored, so that commands that
 * repair the configuration can use it.
 *
 * @throws Failure kind usage or configuration for a bad name.
 */
export async function chosenProfile({
  flags,
  env,
}: {
  readonly flags: GlobalFlags;
  readonly env: NodeJS.ProcessEnv;
}): Promise<{ profile: string; configDir: string }> {
  const { config: configDir } = trustedDirectories(env);
  const layers = readLayers(env, { origin: 'profile', describe: () => configFile(configDir) });
  return { profile: await profileName(layers, flags), configDir };
}

export function profileName({ read }: LayerReader, flags: GlobalFlags): Promise<string> {
  return read(
    'profile',
    { flag: ['--profile', flags.profile], variable: 'GCSAT_PROFILE' },
    parseProfileName,
    'default',
  );
}

/** Whether this call allows hosts that are not Gladly's. */
export function allowsHost(flags: GlobalFlags, env: NodeJS.ProcessEnv): boolean {
  return flags.allowHost ?? environmentSwitch(env, 'GCSAT_ALLOW_HOST');
}

export async function resolveDomain(
  layers: LayerReader,
  flags: GlobalFlags,
  env: NodeJS.ProcessEnv,
  stored: StoredProfile,
): Promise<Domain | null> {
  const given = await layers.find({
    flag: ['--domain', flags.domain],
    variable: 'GCSAT_DOMAIN',
    stored: ['domain', stored.domain],
  });
  // A profile allows only its own host.
  const allowedByProfile = given?.origin === 'profile' && stored.allowHost === true;
  const allowedByVariable = environmentSwitch(env, 'GCSAT_ALLOW_HOST');
  layers.origins['allowHost'] =
    flags.allowHost !== undefined
      ? 'flag'
      : allowedByVariable
        ? 'environment'
        : allowedByProfile
          ? 'profile'
          : 'default';
  const allowed = flags.allowHost ?? (allowedByVariable || allowedByProfile);
  return layers.parse<Domain | null>('domain', given, (text) => parseDomain(text, allowed), null);
}

export async function givenToken(
  layers: LayerReader,
  flags: GlobalFlags,
  stored: string | undefined,
): Promise<Given | null> {
  if (flags.tokenStdin !== true) return layers.find({ secret: 'GCSAT_TOKEN', stored: ['token', stored] });
  return { text: await readSecret('--token-stdin'), origin: 'flag', source: '--token-stdin' };
}

/**
 * The host of a saved token that must not be used: a token goes only to its own host, so that a typo does not leak
 * it.
 */
export function foreignHost(stored: StoredProfile, domain: Domain | null): string | null {
  if (stored.token === undefined || stored.domain === undefined || domain === null) return null;
  return stored.domain === domain.origin ? null : stored.domain;
}
