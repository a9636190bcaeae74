import { addressKey } from '../../domain/eligibility/addresses.ts';
import { isExcludedAgent } from '../../domain/eligibility/excluded-agents.ts';
import type { Agent } from '../../gladly/resources/organization.ts';
import type { Services } from '../context/services.ts';

/**
 * Finds something while skipping the responses of excluded agents. `agentIdsIn` names the agents that the result rests
 * on: it holds once none of them turns out to be excluded.
 */
export type SkippingExcluded = <Found>(
  find: (isExcluded: (agentId: string) => boolean) => Found,
  agentIdsIn: (found: Found) => readonly (string | null)[],
) => Promise<Found>;

/**
 * The policy names agents by id or by email address. An agent missing from the list has left or just joined; their
 * address is looked up, but only if they would be credited.
 */
export function skippingExcludedAgents(
  { settings, directory }: Pick<Services, 'settings' | 'directory'>,
  agents: ReadonlyMap<string, Agent>,
): SkippingExcluded {
  const entries = settings.policy.excludedAgents;
  const addressesMatter = entries.some((entry) => addressKey(entry).includes('@'));
  const unlisted = new Map<string, Agent | null>();

  const isExcluded = (agentId: string): boolean => {
    const agent = agents.get(agentId) ?? unlisted.get(agentId);
    return isExcludedAgent(entries, agentId, agent?.email ?? null);
  };
  const isUnseen = (agentId: string | null): agentId is string =>
    agentId !== null && !agents.has(agentId) && !unlisted.has(agentId);

  return async (find, agentIdsIn) => {
    for (;;) {
      const found = find(isExcluded);
      const unseen = addressesMatter ? new Set(agentIdsIn(found).filter(isUnseen)) : new Set<string>();
      if (unseen.size === 0) return found;
      await Promise.all(
        [...unseen].map(async (agentId) => unlisted.set(agentId, await directory.agent(agentId))),
      );
    }
  };
}
