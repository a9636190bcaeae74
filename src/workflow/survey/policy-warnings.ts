import { isDeepStrictEqual } from 'node:util';
import type { Settings } from '../../config/settings.ts';
import { defaultPolicy } from '../../domain/eligibility/policy.ts';
import {
  hopelessEntries,
  unmetEntries,
  unmetWarning,
  zoneWarning,
  type UnmetEntry,
} from '../../domain/eligibility/policy-warnings.ts';
import { listed as meets } from '../../domain/values/name-key.ts';
import { Failure } from '../../failure.ts';
import type { Services } from '../context/services.ts';
import type { ConversationRead } from './read-conversation.ts';

/** The directories that say which names Gladly has. */
type Lists = Pick<Services['directory'], 'agents' | 'agent' | 'inboxes' | 'topics'>;

/**
 * Warns about entries of the policy and of brands that match nothing in this organization. It reads only lists that
 * every closing needs too, from the cache while it is fresh. Lists that cannot be read give no warning here, because
 * the closings report that.
 */
export async function policyWarnings(
  { directory }: { directory: Lists },
  { policy, brands }: Pick<Settings, 'policy' | 'brands'>,
): Promise<string[]> {
  try {
    return [
      ...(await unmetSentences(policy, directory)),
      ...(await unmetInboxes(brands, directory)),
      ...hopelessEntries(policy),
    ];
  } catch (error) {
    if (error instanceof Failure) return hopelessEntries(policy);
    throw error;
  }
}

/** The same from what was read with one conversation, without further requests. */
export async function warningsOfRead(
  {
    agents,
    inboxes,
    topics,
    organization,
  }: Pick<ConversationRead, 'agents' | 'inboxes' | 'topics' | 'organization'>,
  settings: Pick<Settings, 'policy' | 'brands'>,
): Promise<string[]> {
  // An id that is on no list may belong to an agent who left.
  const mayBeId = (entry: string): boolean => /^[\w-]{16,}$/u.test(entry);
  const directory: Lists = {
    agents: () => Promise.resolve(new Map(agents)),
    agent: (id) => Promise.resolve(mayBeId(id) ? { id, name: null, email: null } : null),
    inboxes: (ids = []) =>
      Promise.resolve(
        new Map([...inboxes, ...ids.filter(mayBeId).map((id) => [id, { id, name: null }] as const)]),
      ),
    topics: () => Promise.resolve(new Map(topics)),
  };
  const { policy } = settings;
  // Nobody typed the default, and `configure` mentions a missing topic once.
  const isDefault = isDeepStrictEqual(policy.optOutTopics, defaultPolicy.optOutTopics);
  const typed = isDefault ? { ...settings, policy: { ...policy, optOutTopics: [] } } : settings;
  return [...zoneWarning(organization.timezone), ...(await policyWarnings({ directory }, typed))];
}

/** One sentence for each entry that names no agent, inbox, or topic. @throws Failure of Gladly */
export async function unmetSentences(policy: Settings['policy'], directory: Lists): Promise<string[]> {
  const listed = async <Entry>(
    entries: readonly string[],
    read: () => Promise<Map<string, Entry>>,
  ): Promise<Entry[]> => (entries.length === 0 ? [] : [...(await read()).values()]);
  /** Lists omit agents who left and inboxes that are gone, but old conversations still name them. */
  const isKnownById = async ({ key, entry }: UnmetEntry): Promise<boolean> => {
    if (key === 'excludedAgents') return !entry.includes('@') && (await directory.agent(entry)) !== null;
    return key === 'excludedInboxes' && (await directory.inboxes([entry])).has(entry);
  };
  const [agents, inboxes, topics] = await Promise.all([
    listed(policy.excludedAgents, () => directory.agents()),
    listed(policy.excludedInboxes, () => directory.inboxes()),
    listed(policy.optOutTopics, () => directory.topics()),
  ]);
  const sentences: string[] = [];
  for (const unmet of unmetEntries(policy, { agents, inboxes, topics })) {
    if (!(await isKnownById(unmet))) sentences.push(unmetWarning(unmet));
  }
  return sentences;
}

/** Brand entries that name no inbox in Gladly. Old conversations may still name an inbox that is no longer listed. */
export async function unmetInboxes(
  brands: Settings['brands'],
  directory: Pick<Services['directory'], 'inboxes'>,
): Promise<string[]> {
  if (brands.every(({ inboxes }) => inboxes.length === 0)) return [];
  const known = [...(await directory.inboxes()).values()];
  const sentences: string[] = [];
  for (const { name, inboxes } of brands) {
    for (const entry of inboxes) {
      if (known.some((inbox) => meets([entry], [inbox.id, inbox.name]))) continue;
      if ((await directory.inboxes([entry])).has(entry)) continue;
      sentences.push(`brand ${name}: Gladly lists no inbox '${entry}'; check the spelling of this entry`);
    }
  }
  return sentences;
}

/** The warnings for a run without a range: also about the time zone, if quiet hours depend on it. */
export async function namedRunWarnings(
  services: Pick<Services, 'directory' | 'organization' | 'settings'>,
): Promise<string[]> {
  const { policy } = services.settings;
  const sentences = await policyWarnings(services, services.settings);
  if (policy.quietHours === null) return sentences;
  try {
    return [...zoneWarning((await services.organization()).timezone), ...sentences];
  } catch (error) {
    if (error instanceof Failure) return sentences;
    throw error;
  }
}
