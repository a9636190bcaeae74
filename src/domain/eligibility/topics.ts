import { nameKey } from '../values/name-key.ts';

export interface TopicEntry {
  id: string;
  name: string | null;
  parentId: string | null;
}

/**
 * The topic that keeps a conversation from being surveyed: one of its own topics, or an ancestor of one, whose name is
 * on the list, in any spelling. The conversation has topic ids, the directory has the names. Null when no name is on
 * the list. A loop of parents is followed once.
 */
export function optOutTopic(
  topicIds: readonly string[],
  directory: ReadonlyMap<string, TopicEntry>,
  optOutNames: readonly string[],
): { name: string; via: string } | null {
  const names = new Set(optOutNames.map(nameKey));
  for (const topicId of topicIds) {
    const seen = new Set<string>();
    let id: string | null = topicId;
    while (id !== null && !seen.has(id)) {
      seen.add(id);
      const topic: TopicEntry | undefined = directory.get(id);
      const name = topic?.name ?? null;
      if (name !== null && names.has(nameKey(name))) {
        return { name: name.trim(), via: directory.get(topicId)?.name?.trim() ?? topicId };
      }
      id = topic?.parentId ?? null;
    }
  }
  return null;
}

/**
 * The topics of a conversation, and their ancestors, that have no name in the directory.
 *
 * @returns `unnamed`: ids of topics without a name; `gone`: ids that Gladly does not know
 */
export function namelessTopics(
  topicIds: readonly string[],
  directory: ReadonlyMap<string, TopicEntry>,
): { unnamed: string[]; gone: string[] } {
  const [unnamed, gone]: [string[], string[]] = [[], []];
  // Ancestors are added during the loop.
  const wanted = new Set(topicIds);
  for (const id of wanted) {
    const topic = directory.get(id);
    if (topic === undefined) gone.push(id);
    else if (topic.name === null || topic.name.trim() === '') unnamed.push(id);
    const parentId = topic?.parentId ?? null;
    if (parentId !== null) wanted.add(parentId);
  }
  return { unnamed, gone };
}

/**
 * Whether each of these names belongs to a topic of the directory. If so, a topic that is gone had none of these names.
 */
export function hasAllOptOutTopics(
  directory: ReadonlyMap<string, TopicEntry>,
  optOutNames: readonly string[],
): boolean {
  const names = new Set([...directory.values()].map(({ name }) => nameKey(name ?? '')));
  return optOutNames.every((name) => names.has(nameKey(name)));
}

/** Whether the organization has any topic of these names: without one, no conversation can opt out. */
export function hasOptOutTopic(topicNames: readonly string[], optOutNames: readonly string[]): boolean {
  const names = new Set(optOutNames.map(nameKey));
  return topicNames.some((name) => names.has(nameKey(name)));
}
