import type { Settings } from '../../config/settings.ts';
import { Failure, type FailureKind } from '../../failure.ts';
import type { Organization } from '../../gladly/resources/organization.ts';
import type { GladlyClient } from '../../gladly/client.ts';
import type { Directory } from '../../gladly/directory.ts';
import { directoryCache } from '../../store/directories.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import { bindOrganization, boundOrganization } from '../../store/organization.ts';
import { unlessBusy } from './best-effort.ts';

export interface OrganizationSources {
  settings: Pick<Settings, 'origin' | 'hostKind'>;
  ledger: Ledger;
  client: Pick<GladlyClient, 'getOrganization'>;
  directory: Pick<Directory, 'organization'>;
  clock: () => number;
  /** A ledger that another process keeps busy is no obstacle. */
  readOnly?: boolean;
}

/** A long-running server still notices a new time zone or name soon. */
const lastsMs = 15 * 60_000;
/** How soon to ask again after Gladly did not answer. */
const askAgainMs = 60_000;
/** Gladly is down or refuses, or something else answers in its place: its last answer is still the best guess. */
const unanswered: readonly FailureKind[] = ['temporary', 'credentials', 'contract'];

/**
 * The organization, once it is certain that the ledger belongs to it: at most a quarter of an hour old, or older while
 * Gladly does not answer. Concurrent calls share one request.
 *
 * A call throws a Failure of kind configuration when the ledger is another organization's, and Gladly's own failure
 * while nothing is known yet.
 */
export function identifiedOrganization(sources: OrganizationSources): () => Promise<Organization> {
  const { clock } = sources;
  let known: Organization | null = null;
  let [askedAtMs, goodForMs] = [0, 0];
  let isFirst = true;
  let asking: Promise<Organization> | null = null;

  const ask = async (): Promise<Organization> => {
    // The cached answer is good enough the first time; a later call wants to know what has changed.
    const mayBeKept = isFirst;
    try {
      known = await identify(sources, mayBeKept);
      isFirst = false;
      [askedAtMs, goodForMs] = [clock(), lastsMs];
      return known;
    } catch (error) {
      if (known !== null && error instanceof Failure && unanswered.includes(error.kind)) {
        [askedAtMs, goodForMs] = [clock(), askAgainMs];
        return known;
      }
      known = null;
      throw error;
    }
  };

  return () => {
    // Compare in both directions: the clock may have been set back.
    if (known !== null && Math.abs(clock() - askedAtMs) < goodForMs) return Promise.resolve(known);
    return (asking ??= ask().finally(() => {
      asking = null;
    }));
  };
}

async function identify(
  { settings, ledger, client, directory, readOnly = false }: OrganizationSources,
  mayBeKept: boolean,
): Promise<Organization> {
  const bound = await boundOrganization(ledger);
  const isKnownAddress = bound === null || bound.origin === settings.origin;
  const organization =
    mayBeKept && isKnownAddress ? await directory.organization() : await client.getOrganization();
  const bind = (): Promise<void> =>
    bindOrganization(ledger, {
      // The contract does not promise an id; without one, the address distinguishes organizations.
      organizationId: organization.id ?? settings.origin,
      hostKind: settings.hostKind,
      origin: settings.origin,
    });
  await (readOnly ? unlessBusy(bind) : bind());
  return organization;
}

export interface KnownOrganization {
  name: string | null;
  timezone: string | null;
}

/** The organization as the ledger remembers it, however old. */
export async function keptOrganization(ledger: Ledger): Promise<KnownOrganization | null> {
  const kept = await directoryCache(ledger)
    .read('organization', '')
    .catch(() => null);
  if (typeof kept?.body !== 'object' || kept.body === null) return null;
  const { name, timezone } = kept.body as Record<string, unknown>;
  return { name: textOf(name), timezone: textOf(timezone) };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
