import {
  attribute,
  undatedResponse,
  type Attribution,
  type ConsideredItem,
  type Response,
} from '../../domain/attribution/credit.ts';
import type { Participant } from '../../domain/attribution/timeline.ts';
import { closerOf } from '../../domain/closing/closer.ts';
import type { Instant } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import type { Agent } from '../../gladly/resources/organization.ts';
import { skippingExcludedAgents } from './excluded-agents.ts';
import type { ConversationRead, TimelineRead } from './read-conversation.ts';
import type { Services } from '../context/services.ts';
import { solveTimeline } from './solve-timeline.ts';
import type { Steps } from '../context/steps.ts';

/** Limit for warnings: there may be as many unknown types as items. */
const mostTypesNamed = 20;

/** Who is credited, how sure that is, and what was considered. */
export interface Credit {
  attribution: Attribution;
  confidence: 'exact' | 'truncated';
  /** The timeline is cut and no other source names the last responder. */
  unsolved: boolean;
  /** Why the other sources could not name the responder. */
  troubles: Failure[];
  /** The credited agent as the directory knows them; null if it does not know them or nobody is credited. */
  agent: Agent | null;
  /** Who closed the conversation; null if the timeline does not say. */
  closedBy: Participant | null;
  warnings: string[];
}

/** Attributes one closing. A cut timeline is solved from another source or left unsolved, never guessed at. */
export async function creditClosing(
  services: Services,
  read: ConversationRead & TimelineRead,
  closedAt: Instant | null,
  steps: Steps,
): Promise<Credit> {
  if (read.conversation.status === 'CLOSED' && read.items.length === 0 && !read.truncated)
    throw emptyTimeline(read);
  const skippingExcluded = skippingExcludedAgents(services, read.agents);
  const visible = await skippingExcluded(
    (isExcluded) => attribute({ items: read.items, closedAt, isExcluded }),
    mayBeCredited,
  );
  const warnings = visible.unknownTypes
    .slice(0, mostTypesNamed)
    .map((type) => `the timeline has items of type ${type}, which gcsat does not know; they do not count`);
  if (visible.undated.length > 0) throw undatedResponses(read, visible);
  const troubles: Failure[] = [];
  let response = visible.response;
  if (read.truncated) {
    response = await steps.run('find the last responder of a cut timeline', () =>
      solveTimeline(services, { read, closedAt, visible, skippingExcluded, troubles }),
    );
  }
  for (const { message } of troubles) {
    warnings.push(`a source cannot name the last responder of a cut timeline: ${message}`);
  }
  const agentId = response?.agentId ?? null;
  const agent = agentId === null ? null : await services.directory.agent(agentId);
  return {
    attribution: { ...visible, response, considered: remarked(visible.considered, response) },
    confidence: read.truncated ? 'truncated' : 'exact',
    unsolved: read.truncated && response === null,
    troubles,
    agent,
    closedBy: closerOf(read.items, closedAt),
    warnings,
  };
}

/** The last responder by time, and the agents of undated responses, which may be later. */
function mayBeCredited({ response, undated, considered }: Attribution): (string | null)[] {
  const withoutTime = undated.length === 0 ? [] : considered.filter(({ why }) => why === undatedResponse);
  return [response?.agentId ?? null, ...withoutTime.map(({ agentId }) => agentId)];
}

/** The closing itself is an item, so one must exist. It waits: the queue never looks at a suppressed closing again. */
function emptyTimeline({ conversation }: ConversationRead): Failure {
  return new Failure(
    'contract',
    'timeline_empty',
    `conversation ${conversation.id} is CLOSED, but Gladly returns no timeline items for it, not even its closing`,
    { hint: 'Look at the conversation in Gladly and try again later.', conversationId: conversation.id },
  );
}

function undatedResponses({ conversation }: ConversationRead, { undated }: Attribution): Failure {
  const items = undated.map((id) => id ?? 'without an id').join(', ');
  return new Failure(
    'contract',
    'response_without_time',
    `an agent's response has no readable time: item ${items}`,
    {
      hint: 'gcsat cannot tell whether it was the last one; look at the conversation in Gladly.',
      conversationId: conversation.id,
    },
  );
}

/** The last response that a cut timeline shows may not be the actual last one. */
function remarked(considered: readonly ConsideredItem[], response: Response | null): ConsideredItem[] {
  return considered.map((item) =>
    item.why === 'last response' && item.itemId !== response?.itemId
      ? { ...item, why: 'earlier response' }
      : item,
  );
}
