import { z } from 'zod';
import type { Agent, Inbox, Organization, Topic } from './resources/answers.ts';
import type { GladlyClient } from './client.ts';

/** Keeps what Gladly said between runs. `body` is whatever was written; times are ISO-8601 in UTC. */
export interface DirectoryCache {
  read(kind: string, id: string): Promise<{ body: unknown; fetchedAt: string } | null>;
  write(kind: string, id: string, body: unknown, fetchedAt: string): Promise<void>;
}

/** The organization's people and words by id, read from Gladly as seldom as possible. */
export interface Directory {
  agents(): Promise<Map<string, Agent>>;
  /** Also an agent that the list does not name; null when Gladly does not know the id. */
  agent(id: string): Promise<Agent | null>;
  /** All inboxes; of the given ids also those that the list does not name. */
  inboxes(ids?: readonly string[]): Promise<Map<string, Inbox>>;
  /** All topics; of the given ids and their ancestors also those that the list does not name. */
  topics(ids?: readonly string[]): Promise<Map<string, Topic>>;
  organization(): Promise<Organization>;
}

export interface DirectoryOptions {
  client: GladlyClient;
  cache: DirectoryCache;
  clock: () => number;
  /** How long what Gladly said is taken for true; default 15 minutes. */
  ttlMs?: number;
  /** How long an id that Gladly does not know is not asked for again; default 10 minutes. */
  missingTtlMs?: number;
}

interface Dated<T> {
  value: T;
  fetchedAtMs: number;
}

const minute = 60_000;
/** To read a list again so soon would hardly bring more. */
const justReadMs = 10_000;
/** The id under which a list is kept. */
const whole = '';

const name = z.string().nullable();
const agentShape = z.object({ id: z.string(), name, email: name });
const inboxShape = z.object({ id: z.string(), name });
const topicShape = z.object({ id: z.string(), name, parentId: name, disabled: z.boolean() });
const organizationShape = z.object({ id: name, name, timezone: name });

/** How one kind of thing is fetched, and what of it is kept. */
interface Kind<T> {
  name: string;
  kept: z.ZodType<T>;
  toKeep: (value: T) => unknown;
  fetch: (id: string) => Promise<T>;
}

export function createDirectory(options: DirectoryOptions): Directory {
  const { client, clock } = options;
  const list = <T extends { id: string }>(kind: string, entry: z.ZodType<T>, fetch: () => Promise<T[]>) =>
    remember<Map<string, T>>(options, {
      name: kind,
      kept: z.array(entry).transform(byId),
      toKeep: (found) => [...found.values()],
      fetch: async () => byId(await fetch()),
    });
  const one = <T>(kind: string, kept: z.ZodType<T>, fetch: (id: string) => Promise<T>) =>
    remember<T>(options, { name: kind, kept, toKeep: (found) => found, fetch });

  const agentList = list('agents', agentShape, () => client.getAgents());
  const inboxList = list('inboxes', inboxShape, () => client.getInboxes());
  const topicList = list('topics', topicShape, () => client.getTopics());
  const oneAgent = one('agent', agentShape.nullable(), (id) => client.getAgent(id));
  const oneInbox = one('inbox', inboxShape.nullable(), (id) => client.getInbox(id));
  const oneTopic = one('topic', topicShape.nullable(), (id) => client.getTopic(id));
  const theOrganization = one('organization', organizationShape, () => client.getOrganization());

  return {
    agents: () => agentList.get(whole),
    agent: async (id) => (await agentList.get(whole)).get(id) ?? oneAgent.get(id),
    inboxes: (ids = []) => withUnlisted(inboxList, oneInbox, ids, () => null, clock),
    topics: (ids = []) => withUnlisted(topicList, oneTopic, ids, ({ parentId }) => parentId, clock),
    organization: () => theOrganization.get(whole),
  };
}

/**
 * The list, with those of the ids that it does not name and of what these bring along: an older list is read anew for
 * them, once, and what a list lacks that was just read is asked for by itself.
 */
async function withUnlisted<T extends object>(
  list: Memory<Map<string, T>>,
  one: Memory<T | null>,
  ids: readonly string[],
  bringsAlong: (found: T) => string | null,
  clock: () => number,
): Promise<Map<string, T>> {
  const held = await list.recall(whole);
  let listed = held?.value ?? (await list.get(whole));
  let mayBeOld = held !== null && clock() - held.fetchedAtMs >= justReadMs;
  const unlisted = new Map<string, T>();
  // Grows while it is walked.
  const wanted = new Set(ids);
  for (const id of wanted) {
    let found = listed.get(id) ?? null;
    if (found === null) {
      const known = await one.recall(id);
      if (known === null && mayBeOld) {
        listed = await list.fetchAnew(whole);
        mayBeOld = false;
      }
      found = listed.get(id) ?? (known === null ? await one.get(id) : known.value);
      if (found !== null) unlisted.set(id, found);
    }
    const next = found === null ? null : bringsAlong(found);
    if (next !== null) wanted.add(next);
  }
  return unlisted.size === 0 ? listed : new Map([...listed, ...unlisted]);
}

interface Memory<T> {
  /** From memory, the cache or Gladly. */
  get(id: string): Promise<T>;
  /** What is known without asking Gladly; null when nothing is, or it is too old. */
  recall(id: string): Promise<Dated<T> | null>;
  fetchAnew(id: string): Promise<T>;
}

/** Remembers one kind of thing in memory and in the cache. Who asks while it is fetched waits for the same. */
function remember<T>(options: DirectoryOptions, kind: Kind<T>): Memory<T> {
  const { cache, clock, ttlMs = 15 * minute, missingTtlMs = 10 * minute } = options;
  const known = new Map<string, Dated<T>>();
  const looking = new Map<string, Promise<T>>();
  const fetching = new Map<string, Promise<T>>();

  const isFresh = ({ value, fetchedAtMs }: Dated<T>): boolean => {
    const ageMs = clock() - fetchedAtMs;
    return ageMs >= 0 && ageMs < (value === null ? missingTtlMs : ttlMs);
  };

  const recall = async (id: string): Promise<Dated<T> | null> => {
    const held = known.get(id);
    if (held !== undefined && isFresh(held)) return held;
    const row = await cache.read(kind.name, id);
    if (row === null) return null;
    const parsed = kind.kept.safeParse(row.body);
    if (!parsed.success) return null;
    const found = { value: parsed.data, fetchedAtMs: Date.parse(row.fetchedAt) };
    if (!isFresh(found)) return null;
    known.set(id, found);
    return found;
  };

  const fetchAnew = (id: string): Promise<T> =>
    sharing(fetching, id, async () => {
      const value = await kind.fetch(id);
      const fetchedAtMs = clock();
      known.set(id, { value, fetchedAtMs });
      await cache.write(kind.name, id, kind.toKeep(value), new Date(fetchedAtMs).toISOString());
      return value;
    });

  const get = (id: string): Promise<T> =>
    sharing(looking, id, async () => {
      const found = await recall(id);
      return found === null ? fetchAnew(id) : found.value;
    });

  return { get, recall, fetchAnew };
}

function sharing<T>(running: Map<string, Promise<T>>, id: string, run: () => Promise<T>): Promise<T> {
  const already = running.get(id);
  if (already !== undefined) return already;
  const started = run().finally(() => running.delete(id));
  running.set(id, started);
  return started;
}

function byId<T extends { id: string }>(found: readonly T[]): Map<string, T> {
  return new Map(found.map((entry) => [entry.id, entry]));
}
