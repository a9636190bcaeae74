import { attribute, type Attribution, type ConsideredItem, type Response } from '../domain/attribution.ts';
import {
  lastContactResponse,
  solveTruncated,
  type ContactEvent,
  type ContactFinding,
} from '../domain/contact-evidence.ts';
import { listed } from '../domain/eligibility.ts';
import { parseInstant, toMilliseconds, type Instant } from '../domain/instant.ts';
import { Failure } from '../failure.ts';
import type { Agent } from '../gladly/answers.ts';
import { contactEventsOfDay, contactEventsOfReports, reachedByEvents } from './contact-sources.ts';
import type { ConversationRead, TimelineRead } from './read-conversation.ts';
import type { Services } from './services.ts';
import type { Steps } from './steps.ts';

/** Who is credited, how sure that is, and what was looked at. */
export interface Credit {
  attribution: Attribution;
  confidence: 'exact' | 'truncated';
  /** The timeline is cut and no other source names the last responder. */
  unsolved: boolean;
  /** The credited agent as the directory knows them; null when it does not, or when nobody is credited. */
  agent: Agent | null;
  warnings: string[];
}

/** Attributes one closing. A cut timeline is solved from another source or left unsolved, never guessed. */
export async function creditClosing(
  services: Services,
  read: ConversationRead & TimelineRead,
  closedAt: Instant | null,
  steps: Steps,
): Promise<Credit> {
  const isExcluded = exclusionOf(services.settings.policy.excludedAgents, read.agents);
  const visible = attribute({ items: read.items, closedAt, isExcluded });
  const warnings = visible.unknownTypes.map(
    (type) => `the timeline has items of the type ${type}, which gcsat does not know; they do not count`,
  );
  let response = visible.response;
  if (read.truncated) {
    response = await steps.run('find the last responder of a cut timeline', () =>
      solve(services, read, closedAt, visible, isExcluded, warnings),
    );
  }
  const agentId = response?.agentId ?? null;
  const agent = agentId === null ? null : await services.directory.agent(agentId);
  return {
    attribution: { ...visible, response, considered: remarked(visible.considered, response) },
    confidence: read.truncated ? 'truncated' : 'exact',
    unsolved: read.truncated && response === null,
    agent,
    warnings,
  };
}

async function solve(
  services: Services,
  read: ConversationRead & TimelineRead,
  closedAt: Instant | null,
  visible: Attribution,
  isExcluded: (agentId: string) => boolean,
  warnings: string[],
): Promise<Response | null> {
  const { client, clock, sleep } = services;
  const now = clock();
  const until = closedAt === null ? now : toMilliseconds(closedAt);
  const question = { conversationId: read.conversation.id, since: beginningOf(read) ?? until, until };
  // Contact events do not tell of failed deliveries, but the timeline may.
  const refused = new Set(visible.considered.filter(({ counts }) => !counts).map(({ itemId }) => itemId));
  const judge = (events: readonly ContactEvent[]): ContactFinding =>
    lastContactResponse(
      events.filter(({ messageId }) => messageId === null || !refused.has(messageId)),
      closedAt,
      isExcluded,
    );
  try {
    if (reachedByEvents(until, now)) {
      const finding = judge(await contactEventsOfDay(client, question, { clock, sleep }));
      if (finding !== null) return solveTruncated(visible, finding);
    }
    for await (const events of contactEventsOfReports(client, question)) {
      const finding = judge(events);
      if (finding !== null) return solveTruncated(visible, finding);
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'interrupted' || error.kind === 'terminated')
      throw error;
    warnings.push(`the last responder of a cut timeline was not found: ${error.message}`);
  }
  return null;
}

/** The last response that a cut timeline shows may not be the last one there was. */
function remarked(considered: readonly ConsideredItem[], response: Response | null): ConsideredItem[] {
  return considered.map((item) =>
    item.why === 'last response' && item.itemId !== response?.itemId
      ? { ...item, why: 'earlier response' }
      : item,
  );
}

/** Epoch milliseconds of the conversation's first sign of life. */
function beginningOf({ conversation, items }: ConversationRead & TimelineRead): number | null {
  const times = [parseInstant(conversation.createdAt), ...items.map(({ timestamp }) => timestamp)];
  const [first] = times.filter((time) => time !== null);
  return first === undefined ? null : toMilliseconds(first);
}

/** The policy names agents by id or by e-mail address. */
function exclusionOf(
  entries: readonly string[],
  agents: ReadonlyMap<string, Agent>,
): (agentId: string) => boolean {
  if (entries.length === 0) return () => false;
  return (agentId) => listed(entries, [agentId, agents.get(agentId)?.email ?? null]);
}
