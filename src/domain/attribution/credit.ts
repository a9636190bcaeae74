import { formatInstant, toMilliseconds, type Instant } from '../values/instant.ts';
import type { Channel, Participant, TimelineItem } from './timeline.ts';

/** An item of the timeline, and why it does or does not count as an agent's response. */
export interface ConsideredItem {
  itemId: string | null;
  type: string;
  initiator: string | null;
  /** The agent who acted, whether the item counts or not. */
  agentId: string | null;
  at: string | null;
  counts: boolean;
  why: string;
}

export interface Response {
  /** Null when Gladly says that an agent responded but not which one. */
  agentId: string | null;
  itemId: string | null;
  itemType: string;
  channel: Channel | null;
  respondedAt: string;
}

export interface Attribution {
  /** The last response of an agent; null when no item qualifies. */
  response: Response | null;
  considered: ConsideredItem[];
  /** Agents who responded but are excluded by policy. */
  excludedAgentIds: string[];
  /** Item ids of responses that have no readable time and no dated response after them: any of them may be the last. */
  undated: (string | null)[];
  /** The customer wrote, or began to call, before the closing. */
  customerSpoke: boolean;
  /** Item types that we do not know: they never count, and deserve a warning. */
  unknownTypes: string[];
}

export interface AttributionQuestion {
  items: readonly TimelineItem[];
  /** Items after it do not count. Null: every item counts. */
  closedAt: Instant | null;
  isExcluded: (agentId: string) => boolean;
}

const excludedAgent = 'excluded agent';

/** Whether an agent responded, credited or excluded. */
export function isResponse({ counts, why }: ConsideredItem): boolean {
  return counts || why === excludedAgent;
}

/** Why a response does not count although it may be the last one. */
export const undatedResponse = 'no readable time';

interface Candidate {
  participant: Participant;
  at: Instant;
}

/**
 * Finds the responder, who need not be the assignee or the agent who closed the conversation. The latest time wins;
 * among equal times, the later item in the list. Total, and independent of the order of items with different times.
 */
export function attribute({
  items,
  closedAt: reportedClosedAt,
  isExcluded,
}: AttributionQuestion): Attribution {
  const closedAt = endOf(reportedClosedAt, items);
  const considered: ConsideredItem[] = [];
  const excludedAgentIds = new Set<string>();
  const unknownTypes = new Set<string>();
  let winner: { position: number; at: Instant; response: Response } | null = null;
  let undated: (string | null)[] = [];
  let customerSpoke = false;

  for (const [position, item] of items.entries()) {
    if (item.kind === 'unknown') unknownTypes.add(item.type);
    const at = timeOf(item);
    const late = at !== null && isAfter(at, closedAt);
    const begunAt = beginningOf(item);
    const begunLate = begunAt !== null && isAfter(begunAt, closedAt);
    if (!begunLate && isFromCustomer(item)) customerSpoke = true;

    const ruling = late
      ? { no: begunLate ? 'after the closing' : 'ended after the closing' }
      : judge(item, at);
    const agentId = agentOf(item)?.id ?? null;
    const excluded = !('no' in ruling) && agentId !== null && isExcluded(agentId);
    if (excluded) excludedAgentIds.add(agentId);
    const counts = !('no' in ruling) && !excluded;
    considered.push({
      itemId: item.id,
      type: item.type,
      initiator: item.initiator?.type ?? null,
      agentId,
      at: at === null ? null : formatInstant(at),
      counts,
      why: 'no' in ruling ? ruling.no : excluded ? excludedAgent : 'earlier response',
    });
    if ('no' in ruling && ruling.no === undatedResponse && !(agentId !== null && isExcluded(agentId))) {
      undated.push(item.id);
    }
    if (counts) undated = [];
    if (counts && (winner === null || ruling.at >= winner.at)) {
      winner = { position, at: ruling.at, response: responseOf(item, ruling) };
    }
  }

  const winning = winner === null ? undefined : considered[winner.position];
  if (winning !== undefined) winning.why = 'last response';
  return {
    response: winner?.response ?? null,
    considered,
    excludedAgentIds: [...excludedAgentIds],
    undated,
    customerSpoke,
    unknownTypes: [...unknownTypes],
  };
}

/**
 * A `closedAt` in whole seconds may have lost its fraction. A change to CLOSED within that second has the exact time,
 * and responses just before it still count.
 */
function endOf(closedAt: Instant | null, items: readonly TimelineItem[]): Instant | null {
  if (closedAt === null || toMilliseconds(closedAt) % 1000 !== 0) return closedAt;
  const nextSecond = toMilliseconds(closedAt) + 1000;
  return items.reduce((end, { newStatus, timestamp }) => {
    const isClosing = newStatus === 'CLOSED' && timestamp !== null && toMilliseconds(timestamp) < nextSecond;
    return isClosing && timestamp > end ? timestamp : end;
  }, closedAt);
}

/** A call counts at its end, every other item at its own time. */
function timeOf(item: TimelineItem): Instant | null {
  return item.kind === 'call' ? (item.completedAt ?? item.answeredAt ?? item.timestamp) : item.timestamp;
}

/** The earliest time of an item: a call begins before it ends. */
function beginningOf({ timestamp, startedAt, answeredAt, completedAt }: TimelineItem): Instant | null {
  const times = [timestamp, startedAt, answeredAt, completedAt].filter((time) => time !== null);
  return times.length === 0 ? null : times.reduce((first, time) => (time < first ? time : first));
}

/** `closedAt` has milliseconds and items have up to nanoseconds, so the finer digits must not decide. */
function isAfter(at: Instant, closedAt: Instant | null): boolean {
  return closedAt !== null && toMilliseconds(at) > toMilliseconds(closedAt);
}

/** The agent who acted: the initiator of an outbound call, the responder of an inbound one. */
function agentOf(item: TimelineItem): Participant | null {
  return [item.initiator, item.responder].find((person) => person?.type === 'AGENT') ?? null;
}

function judge(item: TimelineItem, at: Instant | null): Candidate | { no: string } {
  switch (item.kind) {
    case 'message':
      if (item.initiator?.type !== 'AGENT') return { no: sender(item.initiator) };
      if (item.deliveryFailed) return { no: 'delivery failed' };
      return at === null ? { no: undatedResponse } : { participant: item.initiator, at };
    case 'call':
      return judgeCall(item, at);
    case 'voicemail':
      return { no: 'voicemail' };
    case 'voice_ai':
      return { no: 'voice AI' };
    case 'note':
      return { no: 'note' };
    case 'topic_change':
      return { no: 'topic change' };
    case 'status_change':
      return { no: 'status change' };
    case 'customer_activity':
      return { no: 'customer activity' };
    case 'task':
      return { no: 'task' };
    case 'unknown':
      return { no: item.type === 'UNREADABLE' ? 'unreadable item' : 'unknown type' };
  }
}

function judgeCall(item: TimelineItem, at: Instant | null): Candidate | { no: string } {
  const agent = agentOf(item);
  if (agent === null) return { no: `call, ${sender(item.initiator)}` };
  if (item.answeredUnreadably) return { no: undatedResponse };
  if (item.answeredAt === null) return { no: 'call not answered' };
  return at === null ? { no: undatedResponse } : { participant: agent, at };
}

function sender(initiator: Participant | null): string {
  return initiator?.type === null || initiator === null ? 'no initiator' : `from ${initiator.type}`;
}

/** Customers leave voicemails, no matter whom Gladly names as the initiator. */
function isFromCustomer(item: TimelineItem): boolean {
  if (item.kind === 'voicemail') return true;
  return ['message', 'call', 'voice_ai'].includes(item.kind) && item.initiator?.type === 'CUSTOMER';
}

function responseOf(item: TimelineItem, { participant, at }: Candidate): Response {
  return {
    agentId: participant.id,
    itemId: item.id,
    itemType: item.type,
    channel: item.channel,
    respondedAt: formatInstant(at),
  };
}
