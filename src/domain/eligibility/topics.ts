export interface TopicEntry {
  id: string;
  name: string | null;
  parentId: string | null;
}

/**
 * The topic that keeps a conversation from being surveyed: one of its own topics, or an ancestor of one, whose name is on
 * the list (trimmed, case-insensitive). The conversation has topic ids, the directory has the names. Null when no name is
 * on the list. A loop of parents is followed once.
 */
export function optOutTopic(
  topicIds: readonly string[],
  directory: ReadonlyMap<string, TopicEntry>,
  optOutNames: readonly string[],
): { name: string; via: string } | null {
  const names = new Set(optOutNames.map(normalized));
  for (const topicId of topicIds) {
    const seen = new Set<string>();
    let id: string | null = topicId;
    while (id !== null && !seen.has(id)) {
      seen.add(id);
      const topic: TopicEntry | undefined = directory.get(id);
      const name = topic?.name ?? null;
      if (name !== null && names.has(normalized(name))) {
        return { name: name.trim(), via: directory.get(topicId)?.name?.trim() ?? topicId };
      }
      id = topic?.parentId ?? null;
    }
  }
  return null;
}

/** Whether the organization has any topic of these names: without one, no conversation can opt out. */
export function hasOptOutTopic(topicNames: readonly string[], optOutNames: readonly string[]): boolean {
  const names = new Set(optOutNames.map(normalized));
  return topicNames.some((name) => names.has(normalized(name)));
}

function normalized(name: string): string {
  return name.trim().toLowerCase();
}
