import { constants, existsSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../../failure.ts';
import { shownPlace } from '../../store/open.ts';
import { isOnServer } from '../../store/postgres/shown-address.ts';
import { conditionOf, versionOf } from '../../store/ledger-backup.ts';
import { refuseOtherOrganization } from '../../store/organization.ts';
import { newestVersion } from '../../store/schema/migrations.ts';
import { sqlitePath } from '../../store/sqlite/location.ts';
import { ok, skipped, type Check } from './check.ts';
import type { CheckSources } from './check-sources.ts';

type Sources = Pick<CheckSources, 'configuration' | 'ledger'>;

const mebibyte = 2 ** 20;
/** SQLite reads the whole file in one go, which blocks everything else: about a second for this much. */
const wholeBytes = 64 * mebibyte;
const leastFreeBytes = 64 * mebibyte;
const fewFreeBytes = 512 * mebibyte;

const unknownPlace = 'no ledger is selected';

export const ledgerOpenCheck: Check<Sources> = {
  id: 'ledger.open',
  about: 'the ledger is there and can be opened',
  matters: 'Without its ledger, gcsat sends no surveys and takes no answers.',
  needs: [],
  async run({ configuration: { place }, ledger }) {
    if (place === null) return skipped(unknownPlace);
    try {
      await ledger();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.code === 'ledger_missing' && !place.isNamed) {
        return skipped(`there is no ledger yet at ${shownPlace(place.database)}; the first closing makes it`);
      }
      // The next check reports a ledger that is too new.
      if (error.code !== 'ledger_too_new') throw error;
    }
    return ok(shownPlace(place.database));
  },
};

export const ledgerVersionCheck: Check<Sources> = {
  id: 'ledger.version',
  about: 'this gcsat knows the version of the ledger',
  matters: 'An older gcsat could not read what a newer one wrote.',
  needs: ['ledger.open'],
  async run({ ledger }) {
    const version = await versionOf(await ledger());
    if (version === newestVersion) return ok(`version ${version}`);
    return skipped(
      `it has version ${version}, and this gcsat needs ${newestVersion}; the next command that works on it upgrades ` +
        `it, e.g. \`gcsat surveys list\``,
    );
  },
};

export const ledgerIntegrityCheck: Check<Sources> = {
  id: 'ledger.integrity',
  about: 'the ledger is not damaged (fully read up to 64 MB)',
  matters: 'A damaged ledger forgets who was asked.',
  needs: ['ledger.open', 'ledger.version'],
  async run({ ledger }) {
    const opened = await ledger();
    const bytes = await opened.bytes();
    if (bytes > wholeBytes) {
      return skipped(`it has ${inMegabytes(bytes)}; \`gcsat ledger check\` reads all of it`);
    }
    const { problems } = await conditionOf(opened);
    if (problems.length === 0) return ok(`whole, ${inMegabytes(bytes)}`);
    throw new Failure('ledger', 'ledger_damaged', `The ledger ${opened.location} is damaged.`, {
      hint: 'Stop everything that uses it, and restore a backup: docs/serve.md describes how.',
    });
  },
};

export const ledgerDiskCheck: Check<Pick<CheckSources, 'configuration'>> = {
  id: 'ledger.disk',
  about: 'the ledger can be written, and its disk has room',
  matters: 'On a full disk, no events and no answers are accepted.',
  needs: [],
  async run({ configuration: { place } }) {
    if (place === null) return skipped(unknownPlace);
    if (isOnServer(place.database)) return skipped('the ledger is on a server; check the disk there');
    const file = sqlitePath(place.database);
    const folder = existingFolder(dirname(file));
    try {
      await access(existsSync(file) ? file : folder, constants.W_OK);
    } catch (error) {
      throw new Failure('ledger', 'ledger_not_writable', `${file} cannot be written by this user`, {
        hint: 'Correct the permissions, or name another place with --database or GCSAT_DATA_DIR.',
        cause: error,
      });
    }
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const summary = `${inMegabytes(free)} free for the ledger`;
    if (free >= fewFreeBytes) return ok(summary);
    if (free < leastFreeBytes) {
      throw new Failure('ledger', 'ledger_full', `only ${summary}`, {
        hint: 'Free some space on that disk.',
      });
    }
    return {
      status: 'warning',
      code: 'ledger_disk_low',
      kind: 'ledger',
      summary: `only ${summary}`,
      fix: `df -h ${folder}`,
    };
  },
};

export const ledgerOrganizationCheck: Check<Pick<CheckSources, 'ledger' | 'settings' | 'directory'>> = {
  id: 'ledger.organization',
  about: 'the ledger belongs to the organization that Gladly names',
  matters: 'Two organizations in one ledger would ask each other’s customers.',
  needs: ['ledger.open', 'ledger.version', 'gladly.token'],
  async run({ ledger, settings, directory }) {
    const { origin, hostKind } = settings();
    const { id, name } = await directory.organization();
    await refuseOtherOrganization(await ledger(), { organizationId: id ?? origin, hostKind, origin });
    return ok(`the ledger of ${name ?? id ?? origin}`);
  },
};

function existingFolder(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existingFolder(dirname(folder));
}

function inMegabytes(bytes: number): string {
  const gigabytes = bytes / 1e9;
  return gigabytes >= 1 ? `${gigabytes.toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
