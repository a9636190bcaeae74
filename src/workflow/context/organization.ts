import type { Settings } from '../../config/settings.ts';
import { Failure, type FailureKind } from '../../failure.ts';
import type { Organization } from '../../gladly/resources/organization.ts';
import type { GladlyClient } from '../../gladly/client.ts';
import type { Directory } from '../../gladly/directory.ts';
import { bindOrganization, boundOrganization, type Ledger } from '../../store/open.ts';

export interface OrganizationSources {
  settings: Pick<Settings, 'origin' | 'hostKind'>;
  ledger: Ledger;
  client: Pick<GladlyClient, 'getOrganization'>;
  directory: Pick<Directory, 'organization'>;
  clock: () => number;
}

/** As long as all that is known of Gladly: a server sees a new time zone or name soon, however long it runs. */
const lastsMs = 15 * 60_000;
/** Where Gladly does not tell it anew. */
const askAgainMs = 60_000;
/** Gladly is away, refuses, or something else answers in its place: what it said before is still the best guess. */
const untold: readonly FailureKind[] = ['temporary', 'credentials', 'contract'];

/**
 * The organisation, once it is certain that the ledger belongs to it: each call tells what was known at most a quarter
 * of an hour ago, or longer while Gladly does not say. All who ask meanwhile wait for the same answer.
 *
 * The calls throw Failure kind configuration when the ledger is another organisation's, and where nothing is known yet
 * what Gladly says instead.
 */
export function identifiedOrganization(sources: OrganizationSources): () => Promise<Organization> {
  const { clock } = sources;
  let known: Organization | null = null;
  let [askedAtMs, goodForMs] = [0, 0];
  let isFirst = true;
  let asking: Promise<Organization> | null = null;

  const ask = async (): Promise<Organization> => {
    // What the ledger has kept may be what is to be found out about, so that it is enough only once.
    const mayBeKept = isFirst;
    try {
      known = await identify(sources, mayBeKept);
      isFirst = false;
      [askedAtMs, goodForMs] = [clock(), lastsMs];
      return known;
    } catch (error) {
      if (known !== null && error instanceof Failure && untold.includes(error.kind)) {
        [askedAtMs, goodForMs] = [clock(), askAgainMs];
        return known;
      }
      known = null;
      throw error;
    }
  };

  return () => {
    // Either way, because a clock may be set back.
    if (known !== null && Math.abs(clock() - askedAtMs) < goodForMs) return Promise.resolve(known);
    return (asking ??= ask().finally(() => {
      asking = null;
    }));
  };
}

async function identify(
  { settings, ledger, client, directory }: OrganizationSources,
  mayBeKept: boolean,
): Promise<Organization> {
  const bound = await boundOrganization(ledger);
  const isKnownAddress = bound === null || bound.origin === settings.origin;
  const organization =
    mayBeKept && isKnownAddress ? await directory.organization() : await client.getOrganization();
  await bindOrganization(ledger, {
    // The contract does not promise an id; then the address has to tell organisations apart.
    organizationId: organization.id ?? settings.origin,
    hostKind: settings.hostKind,
    origin: settings.origin,
  });
  return organization;
}
