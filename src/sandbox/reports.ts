import { isObject } from '../domain/values/json.ts';
import type { Directory } from './world/organization.ts';
import type { StoryEvent } from './world/story.ts';
import { inZone } from './time.ts';

export interface Report {
  columns: readonly string[];
  /** Null for an event that is not in this report. */
  row(event: StoryEvent, directory: Directory, timezone: string): Record<string, string> | null;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function agentName(directory: Directory, id: string): string {
  const everybody = [...directory.agents, ...directory.deactivatedAgents, directory.deletedAgent];
  return everybody.find((agent) => agent.id === id)?.name ?? '';
}

function initiatorCells({ initiator }: StoryEvent, directory: Directory): Record<string, string> {
  return {
    // Reports say APPLICATION where items and events say API.
    'Initiator Type': initiator.type === 'API' ? 'APPLICATION' : initiator.type,
    'Initiator ID': initiator.id,
    'Initiator Agent Name': initiator.type === 'AGENT' ? agentName(directory, initiator.id) : '',
  };
}

function assigneeCells(assignee: unknown, prefix: string, directory: Directory): Record<string, string> {
  if (!isObject(assignee)) return {};
  const inboxId = text(assignee.inboxId);
  const agentId = text(assignee.agentId);
  return {
    [`${prefix} Inbox ID`]: inboxId,
    [`${prefix} Inbox Name`]: directory.inboxes.find(({ id }) => id === inboxId)?.name ?? '',
    [`${prefix} Agent ID`]: agentId,
    [`${prefix} Agent Name`]: agentName(directory, agentId),
  };
}

function contextAssignee({ content }: StoryEvent): unknown {
  return isObject(content.context) ? content.context.assignee : undefined;
}

/** Event types of the report, by those of the Events API. */
const conversationEventTypes: Readonly<Record<string, string>> = {
  'CONVERSATION/CREATED': 'CONVERSATION/CREATED',
  'CONVERSATION/CLOSED': 'CONVERSATION/CLOSED',
  'CONVERSATION/REOPENED': 'CONVERSATION/REOPENED',
  'CONVERSATION/TOPIC_ADDED': 'CONVERSATION/TOPIC_ADDED',
  'CONVERSATION/TOPIC_REMOVED': 'CONVERSATION/TOPIC_REMOVED',
  'CONVERSATION_ASSIGNEE/UPDATED': 'CONVERSATION_ASSIGNEE/UPDATED',
  'CONVERSATION/NOTE_CREATED': 'NOTE/CREATED',
  'CUSTOMER/MERGED': 'CUSTOMER/MERGED',
};

/** The two reports that the sandbox can make, by metricSet. */
export const reports: Readonly<Record<string, Report>> = {
  ConversationTimestampsReport: {
    columns: [
      'Timezone Filter',
      'Timestamp',
      'Event Type',
      'Conversation ID',
      'Customer ID',
      'Initiator Type',
      'Initiator ID',
      'Initiator Agent Name',
      'Assigned Inbox ID',
      'Assigned Inbox Name',
      'Assigned Agent ID',
      'Assigned Agent Name',
      'Topic ID',
      'Topic Name',
      'Newly Assigned Inbox ID',
      'Newly Assigned Inbox Name',
      'Newly Assigned Agent ID',
      'Newly Assigned Agent Name',
      'Assignment Update Reason',
      'Merged Customer ID',
      'Merged Conversation ID',
    ],
    row: (event, directory, timezone) => {
      const type = conversationEventTypes[event.type];
      if (type === undefined) return null;
      const { content } = event;
      const topicId = text(content.topicId);
      return {
        'Timezone Filter': timezone,
        Timestamp: inZone(event.at, timezone),
        'Event Type': type,
        'Conversation ID': text(content.conversationId ?? content.destinationConversationId),
        'Customer ID': text(content.customerId ?? content.destinationCustomerId),
        ...initiatorCells(event, directory),
        ...assigneeCells(contextAssignee(event), 'Assigned', directory),
        'Topic ID': topicId,
        'Topic Name': directory.topics.find(({ id }) => id === topicId)?.name ?? '',
        ...assigneeCells(content.assignee, 'Newly Assigned', directory),
        'Assignment Update Reason': text(content.reason),
        'Merged Customer ID': text(content.sourceCustomerId),
        'Merged Conversation ID': text(content.sourceConversationId),
      };
    },
  },
  ContactTimestampsReport: {
    columns: [
      'Timestamp',
      'Event Type',
      'Contact ID',
      'Conversation ID',
      'Customer ID',
      'Channel',
      'Initiator Type',
      'Initiator ID',
      'Initiator Agent Name',
      'Assigned Inbox ID',
      'Assigned Inbox Name',
      'Assigned Agent ID',
    ],
    row: (event, directory, timezone) => {
      if (!event.type.startsWith('CONTACT/')) return null;
      return {
        Timestamp: inZone(event.at, timezone),
        'Event Type': event.type,
        'Contact ID': text(event.content.contactId),
        'Conversation ID': text(event.content.conversationId),
        'Customer ID': text(event.content.customerId),
        Channel: text(event.content.channel),
        ...initiatorCells(event, directory),
        ...assigneeCells(contextAssignee(event), 'Assigned', directory),
      };
    },
  },
};
