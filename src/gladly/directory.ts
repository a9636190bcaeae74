import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { timeAt } from '../domain/values/instant.ts';
import type { DirectoryCache } from '../ports/cache.ts';
import type { GladlyClient } from './client.ts';
import type { Agent, Inbox, Organization, Topic } from './resources/organization.ts';

/** The organization's agents, inboxes and topics by id, with as few requests as possible. */
export interface Directory {
  agents(): Promise<Map<string, Agent>>;
  /** Also finds an agent who is not on the list. Null when Gladly does not know the id. */
  agent(id: string): Promise<Agent | null>;
  /** All listed inboxes, plus any of the given ids that are not on the list. */
  inboxes(ids?: readonly string[]): Promise<Map<string, Inbox>>;
  /** All listed topics, plus any of the given ids and their ancestors that are not on the list. */
  topics(ids?: readonly string[]): Promise<Map<string, Topic>>;
  organization(): Promise<Organization>;
}

/** The reads that a directory needs. */
type DirectoryClient = Pick<
  GladlyClient,
  'getAgents' | 'getAgent' | 'getInboxes' | 'getInbox' | 'getTopics' | 'getTopic' | 'getOrganization'
>;

export interface DirectoryOptions {
  client: DirectoryClient;
  cache: DirectoryCache;
  clock: () => number;
  /** How long an answer is used without asking again; default 15 minutes. */
  ttlMs?: number;
  /** The same for an id that Gladly does not know; default 10 minutes. */
  missingTtlMs?: number;
}

interface Dated<T> {
  value: T;
  fetchedAtMs: number;
}

const minute = 60_000;
/** Reading a list again sooner than this would hardly find more. */
const justReadMs = 10_000;
/** The id that a list is kept under. */
const whole = '';

const name = z.string().nullable();
const agentShape = z.object({ id: z.string(), name, email: name });
const inboxShape = z.object({ id: z.string(), name });
const topicShape = z.object({ id: z.string(), name, parentId: name, disabled: z.boolean() });
const organizationShape = z.object({ id: name, name, timezone: name });

/** How one kind of object is fetched and kept. */
interface Kind<T> {
  name: string;
  /** An empty list may be a fault of Gladly's: it is used for 10 s at most, and never cached. */
  isEmpty?: (value: T) => boolean;
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
      isEmpty: (found) => found.size === 0,
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
 * The list, plus the given ids that are not on it, plus their ancestors. A list that is not brand new is read again,
 * once; entries that a new list lacks are requested by id.
 */
async function withUnlisted<T extends object>(
  list: Memory<Map<string, T>>,
  one: Memory<T | null>,
  ids: readonly string[],
  parentOf: (found: T) => string | null,
  clock: () => number,
): Promise<Map<string, T>> {
  const held = await list.recall(whole);
  let listed = held?.value ?? (await list.get(whole));
  let mayBeOld = held !== null && clock() - held.fetchedAtMs >= justReadMs;
  const unlisted = new Map<string, T>();
  // Parents are added during the loop.
  const wanted = new Set(ids);
  for (const id of wanted) {
    let found = listed.get(id) ?? null;
    if (found === null) {
      const known = await one.recall(id);
      if (known === null && mayBeOld) {
        listed = await list.refresh(whole);
        mayBeOld = false;
      }
      found = listed.get(id) ?? (known === null ? await one.get(id) : known.value);
      if (found !== null) unlisted.set(id, found);
    }
    const next = found === null ? null : parentOf(found);
    if (next !== null) wanted.add(next);
  }
  return unlisted.size === 0 ? listed : new Map([...listed, ...unlisted]);
}

interface Memory<T> {
  /** From memory, the cache or Gladly. */
  get(id: string): Promise<T>;
  /** From memory or the cache. Null when it is in neither, or too old. */
  recall(id: string): Promise<Dated<T> | null>;
  refresh(id: string): Promise<T>;
}

/** Remembers one kind of object in memory and in the cache. Callers who ask during a fetch share its answer. */
function remember<T>(options: DirectoryOptions, kind: Kind<T>): Memory<T> {
  const { cache, clock, ttlMs = 15 * minute, missingTtlMs = 10 * minute } = options;
  const known = new Map<string, Dated<T>>();
  const looking = new Map<string, Promise<T>>();
  const fetching = new Map<string, Promise<T>>();

  const isFresh = ({ value, fetchedAtMs }: Dated<T>): boolean => {
    const ageMs = clock() - fetchedAtMs;
    const longestMs = kind.isEmpty?.(value) === true ? justReadMs : value === null ? missingTtlMs : ttlMs;
    return ageMs >= 0 && ageMs < longestMs;
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

  const refresh = (id: string): Promise<T> =>
    sharing(fetching, id, async () => {
      const value = await kind.fetch(id);
      const fetchedAtMs = clock();
      known.set(id, { value, fetchedAtMs });
      if (kind.isEmpty?.(value) !== true)
        await cache.write(kind.name, id, kind.toKeep(value), timeAt(fetchedAtMs));
      return value;
    });

  const get = (id: string): Promise<T> =>
    sharing(looking, id, async () => {
      const found = await recall(id);
      return found === null ? refresh(id) : found.value;
    });

  return { get, recall, refresh };
}

function sharing<T>(running: Map<string, Promise<T>>, id: string, run: () => Promise<T>): Promise<T> {
  const already = running.get(id);
  if (already !== undefined) return already;
  const started = run().finally(() => running.delete(id));
  running.set(id, started);
  return started;
}

/**
 * Leaves out an id that the list has twice with different contents: only a request for that id tells which entry is
 * right.
 */
function byId<T extends { id: string }>(found: readonly T[]): Map<string, T> {
  const entries = new Map<string, T>();
  const doubtful = new Set<string>();
  for (const entry of found) {
    const known = entries.get(entry.id);
    if (known !== undefined && !isDeepStrictEqual(known, entry)) doubtful.add(entry.id);
    entries.set(entry.id, entry);
  }
  for (const id of doubtful) entries.delete(id);
  return entries;
}
