import { readJson } from '../http/body.ts';
import { apiPath } from '../http/path.ts';
import type { Requests } from '../http/requests.ts';
import { decisiveId, decisiveText, flag, identifier, optional, read, text } from './fields.ts';
import { findOne, getAll } from './lookup.ts';

export interface Agent {
  id: string;
  name: string | null;
  email: string | null;
}

export interface Inbox {
  id: string;
  name: string | null;
}

export interface Topic {
  id: string;
  name: string | null;
  parentId: string | null;
  disabled: boolean;
}

export interface Organization {
  id: string | null;
  name: string | null;
  /** An IANA name, e.g. `America/Los_Angeles`. */
  timezone: string | null;
}

export const agentShape = optional({ id: identifier, name: text, emailAddress: text }).transform(
  ({ id, name, emailAddress }) => ({ id, name, email: emailAddress }),
);

export const inboxShape = optional({ id: identifier, name: text });

export const topicShape = optional({
  id: identifier,
  name: decisiveText,
  parentId: decisiveId,
  disabled: flag,
});

export const organizationShape = optional({ id: identifier, name: text, timezone: text }, [
  'loginDomain',
  'gladlyUrl',
]);

export async function getAgents(requests: Requests): Promise<Agent[]> {
  return getAll(requests, { operation: 'getAgents', path: apiPath`/agents` }, agentShape);
}

/** Null when Gladly does not know the id. */
export async function getAgent(requests: Requests, id: string): Promise<Agent | null> {
  return findOne(
    requests,
    { operation: 'getAgent', about: { noun: 'agent', id }, path: apiPath`/agents/${id}` },
    agentShape,
    [400, 404],
  );
}

export async function getInboxes(requests: Requests): Promise<Inbox[]> {
  return getAll(requests, { operation: 'getInboxes', path: apiPath`/inboxes` }, inboxShape);
}

/** Null when Gladly does not know the id. */
export async function getInbox(requests: Requests, id: string): Promise<Inbox | null> {
  return findOne(
    requests,
    { operation: 'getInbox', about: { noun: 'inbox', id }, path: apiPath`/inboxes/${id}` },
    inboxShape,
    [400, 404],
  );
}

/** Disabled topics are included. */
export async function getTopics(requests: Requests): Promise<Topic[]> {
  return getAll(requests, { operation: 'getTopics', path: apiPath`/topics` }, topicShape);
}

/** Null when Gladly does not know the id. */
export async function getTopic(requests: Requests, id: string): Promise<Topic | null> {
  return findOne(
    requests,
    { operation: 'getTopic', about: { noun: 'topic', id }, path: apiPath`/topics/${id}` },
    topicShape,
    [404],
  );
}

export async function getOrganization(requests: Requests): Promise<Organization> {
  return requests.ask(
    { operation: 'getOrganization', method: 'GET', path: apiPath`/organization` },
    async (answer, subject) => read(organizationShape, await readJson(answer, subject), subject),
  );
}
