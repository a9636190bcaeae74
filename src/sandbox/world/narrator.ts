import { contactChannels, messageContent, type Place } from './channels.ts';
import { companyNumbers } from './organization.ts';
import { stateAt, type Communicator, type ItemBody, type Story, type StoryChange } from './story.ts';
import { withMillis, withoutZeros } from '../time.ts';

export interface Call {
  direction: 'inbound' | 'outbound';
  agentId: string;
  startedAt: number;
  /** Null: nobody picked up. */
  answeredAt: number | null;
  completedAt: number;
  recording?: 'AVAILABLE' | 'DELETED' | 'ERROR';
}

/** Tells a conversation step by step. Each step adds its items, events and changes. */
export interface Narrator {
  readonly story: Story;
  open(at: number, by: Communicator, inboxId: string): void;
  /** Any message. One from outside sets the status to OPEN, any other to WAITING. Returns the item's id. */
  message(at: number, by: Communicator, text: string, elsewhere?: Place): string;
  call(call: Call): string;
  voicemail(at: number, seconds: number, recording: 'AVAILABLE' | 'DELETED' | 'ERROR'): string;
  note(at: number, by: Communicator, body: string): string;
  topic(at: number, by: Communicator, change: { add: string } | { remove: string }): void;
  assign(
    at: number,
    by: Communicator,
    to: { inboxId?: string; agentId: string | null },
    reason: string,
  ): void;
  close(at: number, by: Communicator): void;
  reopen(at: number, by: Communicator): void;
  /** Any other item, seen from `seenFrom` on: a call is on the timeline once it is over, at the time when it began. */
  item(at: number, body: Pick<ItemBody, 'content'> & Partial<ItemBody>, seenFrom?: number): string;
}

export const sidekick: Communicator = { id: 'SIDEKICK_V2', type: 'SYSTEM' };
export const rules: Communicator = { id: 'RULES', type: 'SYSTEM' };

export const agentOf = (id: string): Communicator => ({ id, type: 'AGENT' });
export const customerOfStory = (story: Story): Communicator => ({ id: story.customerId, type: 'CUSTOMER' });

export function narrate(story: Story, place: Place): Narrator {
  const known = stateAt(story, Infinity);
  const state = { inboxId: known?.inboxId ?? '', agentId: known?.agentId ?? null };
  const contactId = story.nextId('contact');
  const contactChannel = contactChannels[place.channel];

  const context = (): Record<string, unknown> => ({
    assignee: { inboxId: state.inboxId, ...(state.agentId === null ? {} : { agentId: state.agentId }) },
  });
  const event = (at: number, type: string, by: Communicator, more: Record<string, unknown> = {}): void => {
    const content = {
      customerId: story.customerId,
      conversationId: story.id,
      context: context(),
      ...more,
    };
    story.events.push({ at, id: story.nextId('event'), type, initiator: by, content });
  };
  const contact = (
    at: number,
    type: string,
    by: Communicator,
    more: Record<string, unknown> = {},
    channel = contactChannel,
  ): void => {
    if (channel !== null) event(at, type, by, { channel, contactId, ...more });
  };
  const change = (at: number, what: Omit<StoryChange, 'at'>): void => {
    story.changes.push({ at, ...what });
  };
  const item: Narrator['item'] = (at, body, seenFrom = at) => {
    const id = body.id ?? story.nextId('item');
    story.items.push({
      at: seenFrom,
      order: at,
      body: {
        id,
        customerId: story.customerId,
        conversationId: story.id,
        timestamp: withoutZeros(at),
        ...body,
      },
    });
    return id;
  };
  const assign: Narrator['assign'] = (at, by, to, reason) => {
    const inboxId = to.inboxId ?? state.inboxId;
    const assignee = { inboxId, ...(to.agentId === null ? {} : { agentId: to.agentId }) };
    event(at, 'CONVERSATION_ASSIGNEE/UPDATED', by, { reason, assignee });
    change(at, { inboxId, agentId: to.agentId });
    state.inboxId = inboxId;
    state.agentId = to.agentId;
  };
  const responds = (at: number, agentId: string, itemId: string): void => {
    story.responses.push({ at, agentId, itemId });
  };
  const statusItem = (at: number, by: Communicator, status: 'OPEN' | 'CLOSED'): void => {
    item(at, { initiator: by, content: { type: 'CONVERSATION_STATUS_CHANGE', status } });
  };

  return {
    story,
    item,
    assign,
    open: (at, by, inboxId) => {
      state.inboxId = inboxId;
      event(at, 'CONVERSATION/CREATED', by);
      change(at, { status: 'OPEN', inboxId, agentId: null });
      contact(at, 'CONTACT/STARTED', by);
    },
    message: (at, by, text, elsewhere = place) => {
      const inbound = by.type === 'CUSTOMER' || by.type === 'EXTERNAL';
      if ((by.type === 'AGENT' || by.type === 'API') && state.agentId === null)
        assign(at, by, { agentId: by.id }, 'MESSAGE_OUTBOUND');
      const id = item(at, {
        initiator: by,
        content: messageContent(elsewhere, !inbound, text),
        ...(elsewhere.channel === 'chat' ? { sessionId: elsewhere.sessionId } : {}),
      });
      const channel = elsewhere.channel === 'voice' ? 'SMS' : contactChannels[elsewhere.channel];
      const type = inbound ? 'CONTACT/MESSAGE_RECEIVED' : 'CONTACT/MESSAGE_SENT';
      contact(at, type, by, { messageId: id }, channel);
      change(at, { status: inbound ? 'OPEN' : 'WAITING' });
      if (by.type === 'AGENT') responds(at, by.id, id);
      return id;
    },
    call: ({ direction, agentId, startedAt, answeredAt, completedAt, recording }) => {
      const agent = agentOf(agentId);
      const customer = customerOfStory(story);
      const [companyNumber] = companyNumbers;
      const inbound = direction === 'inbound';
      const recordedSeconds = Math.round((completedAt - (answeredAt ?? startedAt)) / 1000);
      if (answeredAt !== null) {
        if (inbound) contact(answeredAt, 'CONTACT/OFFER_ACCEPTED', agent, { agentId });
        if (state.agentId !== agentId)
          assign(answeredAt, agent, { agentId }, inbound ? 'CONTACT_INBOUND' : 'MANUAL');
      }
      const id = story.nextId('item');
      const content = {
        type: 'PHONE_CALL',
        from: inbound ? place.customerPhone : companyNumber,
        to: inbound ? companyNumber : place.customerPhone,
        startedAt: withMillis(startedAt),
        ...(answeredAt === null ? {} : { answeredAt: withMillis(answeredAt) }),
        completedAt: withMillis(completedAt),
        ...(recording === undefined ? {} : recordingOf(id, recording, recordedSeconds)),
      };
      const responder = answeredAt === null ? {} : { responder: inbound ? agent : customer };
      item(startedAt, { id, initiator: inbound ? customer : agent, ...responder, content }, completedAt);
      contact(completedAt, 'CONTACT/ENDED', inbound ? customer : agent, {
        status: answeredAt === null ? 'UNANSWERED' : 'ANSWERED',
        reason: answeredAt === null ? 'CUSTOMER_ABANDONED' : 'AGENT_ENDED',
      });
      change(completedAt, { status: answeredAt === null && inbound ? 'OPEN' : 'WAITING' });
      if (answeredAt !== null) responds(completedAt, agentId, id);
      return id;
    },
    voicemail: (at, seconds, recording) => {
      const id = story.nextId('item');
      const customer = customerOfStory(story);
      item(at, {
        id,
        initiator: customer,
        content: { type: 'VOICEMAIL', startedAt: withMillis(at), ...recordingOf(id, recording, seconds) },
      });
      contact(at, 'CONTACT/MESSAGE_RECEIVED', customer, { messageId: id }, 'VOICEMAIL');
      change(at, { status: 'OPEN' });
      return id;
    },
    note: (at, by, body) => {
      const id = item(at, { initiator: by, content: { type: 'CONVERSATION_NOTE', body } });
      event(at, 'CONVERSATION/NOTE_CREATED', by, { noteId: id });
      return id;
    },
    topic: (at, by, which) => {
      const adds = 'add' in which;
      const topicId = adds ? which.add : which.remove;
      item(at, {
        initiator: by,
        content: { type: 'TOPIC_CHANGE', [adds ? 'addedTopicIds' : 'removedTopicIds']: [topicId] },
      });
      event(at, adds ? 'CONVERSATION/TOPIC_ADDED' : 'CONVERSATION/TOPIC_REMOVED', by, { topicId });
      change(at, adds ? { addTopicId: topicId } : { removeTopicId: topicId });
    },
    close: (at, by) => {
      statusItem(at, by, 'CLOSED');
      contact(at, 'CONTACT/ENDED', by, { status: 'ANSWERED', reason: 'CONVERSATION_CLOSED' });
      event(at, 'CONVERSATION/CLOSED', by);
      change(at, { status: 'CLOSED' });
    },
    reopen: (at, by) => {
      statusItem(at, by, 'OPEN');
      event(at, 'CONVERSATION/REOPENED', by);
      contact(at, 'CONTACT/STARTED', by);
      change(at, { status: 'OPEN' });
    },
  };
}

function recordingOf(
  itemId: string,
  status: 'AVAILABLE' | 'DELETED' | 'ERROR',
  seconds: number,
): Record<string, unknown> {
  if (status !== 'AVAILABLE') return { recordingStatus: status };
  return {
    recordingStatus: status,
    recordingUrl: `/api/v1/conversation-items/${itemId}/media/recording`,
    recordingDuration: seconds,
  };
}
