import { isObject } from '../../domain/values/json.ts';
import { problem, type Problem } from '../errors.ts';
import { jsonBody, type JsonObject, type Route } from '../exchange.ts';
import { notFound, refuse } from '../reply.ts';
import { narrate, type Narrator } from '../world/narrator.ts';
import { forbiddenMarkup } from '../rich-content.ts';
import { cutAt, stateAt, type Communicator, type ConversationState, type Story } from '../world/story.ts';
import type { World } from '../world/world.ts';

/** Drops the story's future, so that the caller can tell how it goes on. */
export function continueNow(world: World, story: Story): Narrator {
  cutAt(story, world.now());
  world.stories.keep(story);
  world.news.follow(story);
  // A change over the API is not a contact, and only the custom channel has no contact events.
  return narrate(story, {
    channel: 'custom',
    subject: '',
    customerEmail: '',
    customerPhone: '',
    sessionId: story.id,
  });
}

function existing(world: World, id: string): { story: Story; state: ConversationState } | undefined {
  const story = world.stories.find(id);
  const state = story === undefined ? undefined : stateAt(story, world.now());
  return story === undefined || state === undefined ? undefined : { story, state };
}

const apiUser = (world: World): Communicator => ({ id: world.setting.directory.apiUserId, type: 'API' });

function assigneeProblems(world: World, assignee: unknown, stillClosed: boolean): Problem[] {
  if (assignee === undefined) return [];
  if (!isObject(assignee)) return [problem('invalid', 'assignee must be an object', 'assignee')];
  const { inboxId, agentId } = assignee;
  const { inboxes, agents } = world.setting.directory;
  if (typeof inboxId !== 'string' || inboxId === '')
    return [problem('blank', "'inboxId' cannot be blank when updating assignee", 'assignee.inboxId')];
  if (stillClosed) return [problem('invalid_state', 'closed conversation cannot be reassigned')];
  if (!inboxes.some(({ id }) => id === inboxId))
    return [problem('not_exist', 'inbox does not exist', 'assignee.inboxId')];
  if (agentId !== undefined && agentId !== null && !agents.some(({ id }) => id === agentId))
    return [problem('invalid_state', 'agent does not belong to inbox', 'assignee.agentId')];
  return [];
}

function statusProblems(status: unknown, state: ConversationState): Problem[] {
  if (status === undefined) return [];
  if (!isObject(status)) return [problem('invalid', 'status must be an object', 'status')];
  const { value, force } = status;
  if (value === undefined)
    return [problem('blank', "'value' cannot be blank when updating status", 'status.value')];
  if (value !== 'CLOSED' && value !== 'OPEN')
    return [problem('invalid', 'status must be CLOSED or OPEN', 'status.value')];
  if (force !== undefined && typeof force !== 'boolean')
    return [problem('invalid', 'force must be true or false', 'status.force')];
  if (value === 'OPEN' || state.status === 'CLOSED') return [];
  if (state.topicIds.length === 0)
    return [problem('invalid_state', 'topics are required before closing of conversation')];
  if (state.status === 'OPEN' && force !== true)
    return [
      problem(
        'invalid_state',
        "cannot close conversation, customer waiting for response, set 'status.force' to true to override",
      ),
    ];
  return [];
}

function noteBody(body: JsonObject): unknown {
  return isObject(body.content) ? body.content.body : body.body;
}

/** Changes to a conversation over the API: assignee, status, topics and notes. */
export const changeRoutes: readonly Route<World>[] = [
  {
    method: 'PATCH',
    pattern: '/api/v1/conversations/:conversationId',
    handle: (world, request, { conversationId = '' }) => {
      const found = existing(world, conversationId);
      if (found === undefined) return refuse(404, problem('not_exist', 'conversation does not exist'));
      const { assignee, status } = jsonBody(request);
      const wantsOpen = isObject(status) && status.value === 'OPEN';
      const stillClosed = found.state.status === 'CLOSED' && !wantsOpen;
      const problems = [
        ...assigneeProblems(world, assignee, stillClosed),
        ...statusProblems(status, found.state),
      ];
      if (problems.length > 0) return refuse(400, ...problems);
      const narrator = continueNow(world, found.story);
      const now = world.now();
      if (wantsOpen && found.state.status === 'CLOSED') narrator.reopen(now, apiUser(world));
      if (isObject(assignee)) {
        const agentId = typeof assignee.agentId === 'string' ? assignee.agentId : null;
        narrator.assign(now, apiUser(world), { inboxId: String(assignee.inboxId), agentId }, 'MANUAL');
      }
      if (isObject(status) && status.value === 'CLOSED' && found.state.status !== 'CLOSED')
        narrator.close(now, apiUser(world));
      return { status: 204 };
    },
  },
  {
    method: 'POST',
    pattern: '/api/v1/conversations/:conversationId/topics',
    handle: (world, request, { conversationId = '' }) => {
      const found = existing(world, conversationId);
      if (found === undefined) return notFound;
      const { topicIds } = jsonBody(request);
      if (!Array.isArray(topicIds) || topicIds.length === 0)
        return refuse(400, problem('blank', 'topicIds cannot be blank', 'topicIds'));
      const { topics } = world.setting.directory;
      const wanted = topicIds.map((id) =>
        topics.find((topic) => topic.id === id && topic.disabled === false),
      );
      if (wanted.includes(undefined))
        return refuse(400, problem('invalid', 'topicIds must be ids of enabled topics', 'topicIds'));
      const narrator = continueNow(world, found.story);
      const given = new Set(found.state.topicIds);
      for (const topic of wanted) {
        if (topic === undefined || given.has(topic.id)) continue;
        given.add(topic.id);
        narrator.topic(world.now(), apiUser(world), { add: topic.id });
      }
      return { status: 204 };
    },
  },
  {
    method: 'DELETE',
    pattern: '/api/v1/conversations/:conversationId/topics/:topicId',
    handle: (world, _request, { conversationId = '', topicId = '' }) => {
      const found = existing(world, conversationId);
      if (found === undefined) return notFound;
      if (found.state.topicIds.includes(topicId))
        continueNow(world, found.story).topic(world.now(), apiUser(world), { remove: topicId });
      return { status: 204 };
    },
  },
  {
    method: 'POST',
    pattern: '/api/v1/conversations/:conversationId/notes',
    handle: (world, request, { conversationId = '' }) => {
      const found = existing(world, conversationId);
      if (found === undefined) return notFound;
      const body = noteBody(jsonBody(request));
      if (typeof body !== 'string' || body === '')
        return refuse(400, problem('blank', 'content cannot be blank', 'content'));
      const forbidden = forbiddenMarkup(body);
      if (forbidden !== undefined)
        return refuse(400, problem('invalid', `body has markup not allowed: ${forbidden}`, 'content.body'));
      const noteId = continueNow(world, found.story).note(world.now(), apiUser(world), body);
      const path = `/api/v1/conversations/${encodeURIComponent(conversationId)}/notes/${noteId}`;
      return { status: 201, headers: { Location: path } };
    },
  },
  {
    method: 'GET',
    pattern: '/api/v1/conversations/:conversationId/notes/:noteId',
    handle: (world, _request, { conversationId = '', noteId = '' }) => {
      const note = existing(world, conversationId)?.story.items.find(
        ({ at, body }) =>
          at <= world.now() && body.id === noteId && body.content?.type === 'CONVERSATION_NOTE',
      );
      return note === undefined ? notFound : { status: 200, json: note.body };
    },
  },
];
