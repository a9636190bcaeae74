import type { Policy } from '../../domain/eligibility/policy.ts';
import {
  hopelessEntries,
  unmetEntries,
  unmetWarning,
  zoneWarning,
  type UnmetEntry,
} from '../../domain/eligibility/policy-warnings.ts';
import { Failure } from '../../failure.ts';
import type { Services } from '../context/services.ts';

/**
 * Entries of the policy that meet nothing in this organization. Asks for what every closing needs as well, from the cache
 * while it is fresh. Lists that cannot be read say nothing here, because the closings report it.
 */
export async function policyWarnings(
  { directory }: Pick<Services, 'directory'>,
  policy: Policy,
): Promise<string[]> {
  const listed = async <Entry>(
    entries: readonly string[],
    read: () => Promise<Map<string, Entry>>,
  ): Promise<Entry[]> => (entries.length === 0 ? [] : [...(await read()).values()]);
  /** Lists leave out agents who left and inboxes that are gone, which old conversations still name. */
  const isKnownById = async ({ key, entry }: UnmetEntry): Promise<boolean> => {
    if (key === 'excludedAgents') return !entry.includes('@') && (await directory.agent(entry)) !== null;
    return key === 'excludedInboxes' && (await directory.inboxes([entry])).has(entry);
  };
  try {
    const [agents, inboxes, topics] = await Promise.all([
      listed(policy.excludedAgents, () => directory.agents()),
      listed(policy.excludedInboxes, () => directory.inboxes()),
      listed(policy.optOutTopics, () => directory.topics()),
    ]);
    const sentences: string[] = [];
    for (const unmet of unmetEntries(policy, { agents, inboxes, topics })) {
      if (!(await isKnownById(unmet))) sentences.push(unmetWarning(unmet));
    }
    return [...sentences, ...hopelessEntries(policy)];
  } catch (error) {
    if (error instanceof Failure) return hopelessEntries(policy);
    throw error;
  }
}

/** The same of a run without a range: also of the zone, where a time of the policy depends on it. */
export async function namedRunWarnings(
  services: Pick<Services, 'directory' | 'organization' | 'settings'>,
): Promise<string[]> {
  const { policy } = services.settings;
  const sentences = await policyWarnings(services, policy);
  if (policy.quietHours === null) return sentences;
  try {
    return [...zoneWarning((await services.organization()).timezone), ...sentences];
  } catch (error) {
    if (error instanceof Failure) return sentences;
    throw error;
  }
}
