import { configFile } from '../../config/config-file.ts';
import { examineSettings } from '../../config/examined-settings.ts';
import type { ResolvedSettings } from '../../config/resolved-settings.ts';
import type { Settings } from '../../config/settings.ts';
import { surveySecretPlace } from '../../config/survey-secret.ts';
import { registerSecret } from '../../terminal/redact.ts';
import type { CheckedConfiguration } from '../../workflow/checks/check-sources.ts';
import { expectedUrl } from '../webhook/registration.ts';
import type { CommandContext } from './context.ts';
import { placeOf } from './ledger-place.ts';

/** For a command that needs its settings. */
export function checkedSettings(
  { env }: Pick<CommandContext, 'env'>,
  settings: Settings,
): CheckedConfiguration & { settings: Settings } {
  return { ...around(env, settings), settings, place: placeOf(settings), problems: [] };
}

/**
 * As much of the configuration as is valid. @throws any error but a Failure of kind configuration, e.g. a wrong flag
 */
export async function checkedConfiguration(context: CommandContext): Promise<CheckedConfiguration> {
  const { flags, env } = context;
  if (context.wantsSandbox()) {
    const settings = await context.settings({ keepsSigningKey: false });
    // The sandbox's webhooks end with the command.
    return { ...checkedSettings(context, settings), webhookUrl: null };
  }
  const examined = await examineSettings({ flags, env, onSecret: registerSecret });
  const { resolved, settings, problems, invalid } = examined;
  if (resolved === null) {
    return { settings, problems, profile: null, place: null, signingKey: 'none', webhookUrl: null };
  }
  const isPlaceKnown =
    resolved.database !== null && !['database', 'domain'].some((name) => invalid.has(name));
  return {
    ...around(env, settings ?? resolved),
    settings,
    problems,
    place: isPlaceKnown ? placeOf(resolved) : null,
  };
}

function around(
  env: NodeJS.ProcessEnv,
  settings: Settings | ResolvedSettings,
): Pick<CheckedConfiguration, 'profile' | 'signingKey' | 'webhookUrl'> {
  const { profile, configDir, dataDir } = settings;
  return {
    profile: { name: profile, file: configFile(configDir) },
    signingKey: surveySecretPlace(env, dataDir).place,
    webhookUrl: 'hostKind' in settings ? expectedUrl(settings) : null,
  };
}
