import { existsSync } from 'node:fs';
import { configFile } from '../../config/config-file.ts';
import { environmentSecret } from '../../config/environment.ts';
import { readValue } from '../../config/invalid-value.ts';
import { parseDatabase } from '../../config/profile-values.ts';
import { urlSecrets } from '../../config/secrets.ts';
import { resolveSettings } from '../../config/resolve.ts';
import { surveySecretPlace } from '../../config/survey-secret.ts';
import type { BackupDocument } from '../../documents/ledger.ts';
import { Failure } from '../../failure.ts';
import { registerSecret } from '../../terminal/redact.ts';
import type { CommandContext } from '../program/context.ts';

export interface LedgerPlaces {
  readonly database: string;
  readonly alsoNeeded: BackupDocument['alsoNeeded'];
}

/** Where the ledger is and what belongs to it. Needs no account. @throws Failure kind usage or configuration */
export async function ledgerPlaces({ flags, env, wantsSandbox }: CommandContext): Promise<LedgerPlaces> {
  if (wantsSandbox()) {
    throw new Failure(
      'usage',
      'sandbox_needs_no_ledger',
      "the embedded sandbox's ledger disappears when its command ends",
      {
        hint: 'Leave out --sandbox, and unset GCSAT_SANDBOX.',
      },
    );
  }
  const onInvalid = (name: string, failure: Failure): void => {
    if (name === 'database' || name === 'domain') throw failure;
  };
  const settings = await resolveSettings({ flags, env, onInvalid, onSecret: registerSecret });
  const { database, configDir, dataDir, brand, brands, templateFile } = settings;
  if (database === null) {
    throw new Failure('configuration', 'not_configured', 'no ledger is selected: there is no domain', {
      hint: 'Name the file with --database, or the profile with --profile.',
    });
  }
  const key = surveySecretPlace(env, dataDir);
  const config = configFile(configDir);
  return {
    database,
    alsoNeeded: [
      ...(key.place === 'none'
        ? []
        : [{ what: 'signing key' as const, file: key.place === 'file' ? key.file : null }]),
      ...(existsSync(config) ? [{ what: 'configuration' as const, file: config }] : []),
      ...(brand.logoFile === null ? [] : [{ what: 'logo' as const, file: brand.logoFile }]),
      ...(templateFile === null ? [] : [{ what: 'template' as const, file: templateFile }]),
      ...brands.flatMap(({ own: { logo, template } }) => [
        ...(logo === undefined ? [] : [{ what: 'logo' as const, file: logo }]),
        ...(template === undefined ? [] : [{ what: 'template' as const, file: template }]),
      ]),
    ],
  };
}

/**
 * A ledger as it was typed. `env` means the ledger in GCSAT_DATABASE_URL or GCSAT_DATABASE_URL_FILE, because other
 * users can see a password on the command line.
 *
 * @throws Failure kind usage or configuration
 */
export async function placeOfLedger({ env }: CommandContext, typed: string): Promise<string> {
  if (typed !== 'env') {
    urlSecrets(typed).forEach(registerSecret);
    return readValue('usage', 'the ledger', parseDatabase, typed);
  }
  const place = await environmentSecret(env, 'GCSAT_DATABASE_URL');
  if (place === null) {
    throw new Failure('configuration', 'ledger_not_named', 'GCSAT_DATABASE_URL names no ledger', {
      hint: 'Set it, or GCSAT_DATABASE_URL_FILE.',
    });
  }
  urlSecrets(place).forEach(registerSecret);
  return parseDatabase(place);
}
