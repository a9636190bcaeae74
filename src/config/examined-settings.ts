import { Failure } from '../failure.ts';
import { complete } from './load-settings.ts';
import { resolveSettings } from './resolve.ts';
import type { ResolvedSettings, SettingSources } from './resolved-settings.ts';
import type { Settings } from './settings.ts';

/** The settings as far as they are valid, with all that is wrong with them. */
export interface ExaminedSettings {
  /** Null while something is missing or wrong. */
  settings: Settings | null;
  /** Null if not even the profile could be read. */
  resolved: ResolvedSettings | null;
  problems: readonly Failure[];
  /** The names of the settings whose values are wrong; these have their defaults here. */
  invalid: ReadonlySet<string>;
}

/** Creates no signing key. @throws any error but a Failure of kind configuration */
export async function examineSettings(
  sources: Pick<SettingSources, 'flags' | 'env' | 'onSecret'>,
): Promise<ExaminedSettings> {
  const problems: Failure[] = [];
  const invalid = new Set<string>();
  const note = (error: unknown): void => {
    if (!(error instanceof Failure) || error.kind !== 'configuration') throw error;
    problems.push(error);
  };
  let resolved: ResolvedSettings | null = null;
  try {
    resolved = await resolveSettings({
      ...sources,
      overrides: { keepsSigningKey: false },
      onInvalid(name, failure) {
        invalid.add(name);
        problems.push(failure);
      },
    });
    const settings = complete(resolved);
    return { settings: problems.length === 0 ? settings : null, resolved, problems, invalid };
  } catch (error) {
    // A setting that is missing because its value is wrong has already been reported.
    const isSaid = error instanceof Failure && error.code === 'not_configured' && problems.length > 0;
    if (!isSaid) note(error);
    return { settings: null, resolved, problems, invalid };
  }
}
