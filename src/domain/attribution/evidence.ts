import {
  array,
  boolean,
  enum as oneOf,
  nullable,
  number,
  object,
  record,
  string,
  type infer as Infer,
} from 'zod';

/** A field that an earlier version did not keep reads as null. */
const text = nullable(string()).default(null);
const count = nullable(number()).default(null);

/** An inbox or a topic. */
const named = object({ id: string(), name: text });

/** The credited agent; only the id if the directory does not know the agent. */
const agent = object({ id: text, name: text, email: text });

/** An item that was looked at, and why it does or does not count. */
const consideredItem = object({
  itemId: text,
  type: string(),
  initiator: text,
  agentId: text,
  /** Null if the directory does not know the agent. */
  agentName: text,
  at: text,
  counts: boolean(),
  why: string(),
});

/** What was left out of a very long timeline; null: nothing was. */
const omitted = nullable(object({ items: number(), reasons: record(string(), number()) })).default(null);

const attribution = object({
  agent,
  itemId: text,
  itemType: string(),
  channel: text,
  respondedAt: string(),
  confidence: oneOf(['exact', 'truncated']),
  considered: array(consideredItem),
  omitted,
});

const conversation = object({
  status: string(),
  createdAt: text,
  closedAt: text,
  /** Id of the closing; null while the conversation has none. */
  closing: text,
  assignedAgentId: text,
  assignedAgentName: text,
  inbox: nullable(named).default(null),
  topics: array(named),
});

const evidence = object({
  conversation,
  attribution: nullable(attribution).default(null),
  /** Null if the verdict was certain without the timeline. */
  timeline: nullable(
    object({ items: number(), truncated: boolean(), considered: array(consideredItem), omitted }),
  ).default(null),
  recordings: array(object({ itemId: string(), status: text, durationSeconds: count, bytes: count })),
});

export type CreditedAgent = Infer<typeof agent>;
export type EvidenceItem = Infer<typeof consideredItem>;
export type EvidenceTimeline = NonNullable<Infer<typeof evidence>['timeline']>;
export type EvidenceAttribution = Infer<typeof attribution>;
export type EvidenceConversation = Infer<typeof conversation>;

/** What is frozen with a survey: a later reassignment or renaming does not change it. Times are RFC 3339 in UTC. */
export type Evidence = Infer<typeof evidence>;

/** Evidence as it was stored; null if there is none or it cannot be read. */
export function readEvidence(stored: unknown): Evidence | null {
  const read = evidence.safeParse(stored);
  return read.success ? read.data : null;
}
