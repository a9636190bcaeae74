import {
  readAgent,
  readAgents,
  readConversation,
  readInbox,
  readInboxes,
  readList,
  readOrganization,
  readTopic,
  readTopics,
  readWebhook,
  readWebhooks,
} from './resources/answers.ts';
import type {
  Agent,
  Conversation,
  Customer,
  Inbox,
  Organization,
  Topic,
  Webhook,
} from './resources/answers.ts';
import { createCustomerItem, deleteCustomerItem, deleteItem, getCustomer } from './resources/customers.ts';
import type { NewItem } from './resources/customers.ts';
import type { SendOutcome } from './resources/communication.ts';
import { sendEmail } from './resources/email.ts';
import type { Mail } from './resources/email.ts';
import type { Problem } from './http/errors.ts';
import { readEvents } from './resources/events.ts';
import type { EventQuery, GladlyEvent } from './resources/events.ts';
import { createLine } from './http/line.ts';
import { downloadRecording } from './resources/media.ts';
import type { Recording } from './resources/media.ts';
import type { Pacer } from './http/pacing.ts';
import { apiPath } from './http/path.ts';
import { readReport } from './resources/reports.ts';
import type { ReportRequest } from './resources/reports.ts';
import { createRequests, readJson } from './http/requests.ts';
import type { Call, RequestCounts } from './http/requests.ts';
import type { RetryOptions } from './http/retry.ts';
import { sendSms } from './resources/sms.ts';
import type { Sms } from './resources/sms.ts';
import { createTransport } from './http/transport.ts';
import { createWebhook, deleteWebhook, updateWebhook } from './resources/webhooks.ts';
import type { WebhookChanges, WebhookSpecification } from './resources/webhooks.ts';

/** The reports that Gladly makes at a time, shared with other processes. */
export interface ReportSlots {
  /** Resolves when there is room for one more; the caller then calls what it was given, once, when the report is over. */
  take(signal?: AbortSignal): Promise<() => Promise<void>>;
}

export interface GladlyOptions extends RetryOptions {
  /** E.g. `https://acme.gladly.com`; nothing else ever gets the credentials. */
  origin: string;
  email: string;
  token: string;
  /** Of one HTTP request. */
  timeoutMs: number;
  userAgent: string;
  pacer: Pacer;
  /** Without it nobody else is known to ask for reports. */
  reportSlots?: ReportSlots;
  /**
   * Once aborted, nothing new starts and every waiting ends with its reason. What is in flight finishes within its
   * time-out, except streams (events, reports, recordings), which no time-out bounds: they end with the reason.
   */
  signal?: AbortSignal;
}

/**
 * The operations of Gladly that the surveys need. Ids are opaque. Failures: `credentials` (401, 403), `not_found`,
 * `temporary` (network, time-out, 5xx, rate limit, after the tries), `contract` (an answer that cannot be used).
 */
export interface GladlyClient {
  readonly counts: RequestCounts;
  getConversation(id: string): Promise<Conversation>;
  /** Ascending by time. `limited`: the end of the timeline may be missing (getConversationItems). */
  getConversationItems(id: string): Promise<{ items: unknown[]; limited: boolean }>;
  /** `mergedFrom`: the ids that were followed to the customer, the one asked for first. */
  getCustomer(id: string): Promise<{ customer: Customer; mergedFrom: string[] }>;
  getAgents(): Promise<Agent[]>;
  getAgent(id: string): Promise<Agent | null>;
  getInboxes(): Promise<Inbox[]>;
  getInbox(id: string): Promise<Inbox | null>;
  /** Disabled ones included. */
  getTopics(): Promise<Topic[]>;
  getTopic(id: string): Promise<Topic | null>;
  getOrganization(): Promise<Organization>;
  /** Null also for an item of a type that the API does not support. */
  getItem(id: string): Promise<unknown>;
  /** Safe to repeat. `customerId`: who has the item, when the customer was merged. */
  createCustomerItem(
    customerId: string,
    item: NewItem,
  ): Promise<{ created: 'created' | 'taken'; customerId: string }>;
  deleteCustomerItem(customerId: string, itemId: string): Promise<'deleted' | 'absent'>;
  /** The same by the item's id alone: a merge takes items along to another customer. */
  deleteItem(itemId: string): Promise<'deleted' | 'absent'>;
  /** Never repeated by itself; `leaving` is awaited right before the mail leaves. */
  sendEmail(mail: Mail, leaving: () => Promise<void>): Promise<SendOutcome>;
  sendSms(sms: Sms, leaving: () => Promise<void>): Promise<SendOutcome>;
  events(query: EventQuery): AsyncIterable<GladlyEvent>;
  /** One at a time: a second report starts when the first was read to its end or left. */
  report(request: ReportRequest, columns: readonly string[]): AsyncIterable<Record<string, string>>;
  downloadRecording(itemId: string, options: { maxBytes: number }): Promise<Recording | null>;
  getWebhooks(): Promise<Webhook[]>;
  getWebhook(id: string): Promise<Webhook | null>;
  /**
   * Makes a webhook that is disabled, unless its URL has one already (`taken`): Gladly lets no two have the same, which
   * makes it safe to repeat.
   */
  createWebhook(webhook: WebhookSpecification): Promise<{ id: string; created: 'created' | 'taken' }>;
  /** Enabling, and another URL, work only if the PING is answered with 200: else Failure `webhook_ping_failed`. */
  updateWebhook(id: string, changes: WebhookChanges): Promise<void>;
  /** Gladly deletes only what is disabled. */
  deleteWebhook(id: string): Promise<'deleted' | 'absent' | 'enabled'>;
  /** Ends all connections. */
  close(): void;
}

/** The cap of a timeline; a list of exactly this length may have been cut (getConversationItems). */
const mostItems = 1000;

export function createGladlyClient(options: GladlyOptions): GladlyClient {
  const transport = createTransport(options);
  const basic = Buffer.from(`${options.email}:${options.token}`, 'utf8').toString('base64');
  const requests = createRequests({
    ...options,
    transport,
    secrets: [options.token, basic].filter((secret) => secret !== ''),
  });
  const reports = createLine();
  const inFlight = new Map<string, Promise<unknown>>();

  /** Who asks the same while it is being asked gets the same answer. */
  const shared = <T>(operation: string, id: string, run: () => Promise<T>): Promise<T> => {
    const key = `${operation} ${id}`;
    const running = inFlight.get(key);
    if (running !== undefined) return running as Promise<T>;
    const started = run().finally(() => inFlight.delete(key));
    inFlight.set(key, started);
    return started;
  };

  const get = <T>(
    call: Pick<Call, 'operation' | 'about' | 'path'>,
    read: (value: unknown, asked: ReturnType<typeof requests.asked>) => T,
    instead?: (problem: Problem) => T | undefined,
  ): Promise<T> =>
    shared(call.operation, call.about?.id ?? '', () =>
      requests.ask(
        { ...call, method: 'GET' },
        async (answer, asked) => read(await readJson(answer, asked), asked),
        instead,
      ),
    );

  async function* report(
    request: ReportRequest,
    columns: readonly string[],
  ): AsyncGenerator<Record<string, string>, void, undefined> {
    const leave = await reports.enter(options.signal);
    let giveBack: (() => Promise<void>) | undefined;
    try {
      giveBack = await options.reportSlots?.take(options.signal);
      yield* readReport(requests, request, columns);
    } finally {
      await giveBack?.();
      leave();
    }
  }

  return {
    counts: requests.counts,
    getConversation: (id) =>
      get(
        {
          operation: 'getConversation',
          about: { noun: 'conversation', id },
          path: apiPath`/conversations/${id}`,
        },
        readConversation,
      ),
    getConversationItems: (id) =>
      shared('getConversationItems', id, () =>
        requests.ask(
          {
            operation: 'getConversationItems',
            about: { noun: 'conversation', id },
            method: 'GET',
            path: apiPath`/conversations/${id}/items`,
          },
          async (answer, asked) => {
            const items = readList(await readJson(answer, asked), asked);
            const flag = answer.header('gladly-limited-data');
            const flagged = flag !== null && flag.trim().toLowerCase() !== 'false';
            return { items, limited: flagged || items.length === mostItems };
          },
        ),
      ),
    getCustomer: (id) => shared('getCustomer', id, () => getCustomer(requests, id)),
    getAgents: () => get({ operation: 'getAgents', path: apiPath`/agents` }, readAgents),
    getAgent: (id) =>
      get(
        { operation: 'getAgent', about: { noun: 'agent', id }, path: apiPath`/agents/${id}` },
        (value, asked): Agent | null => readAgent(value, asked, id),
        absentAt(400, 404),
      ),
    getInboxes: () => get({ operation: 'getInboxes', path: apiPath`/inboxes` }, readInboxes),
    getInbox: (id) =>
      get(
        { operation: 'getInbox', about: { noun: 'inbox', id }, path: apiPath`/inboxes/${id}` },
        (value, asked): Inbox | null => readInbox(value, asked, id),
        absentAt(400, 404),
      ),
    getTopics: () => get({ operation: 'getTopics', path: apiPath`/topics` }, readTopics),
    getTopic: (id) =>
      get(
        { operation: 'getTopic', about: { noun: 'topic', id }, path: apiPath`/topics/${id}` },
        (value, asked): Topic | null => readTopic(value, asked, id),
        absentAt(404),
      ),
    getOrganization: () =>
      get({ operation: 'getOrganization', path: apiPath`/organization` }, readOrganization),
    getItem: (id) =>
      get<unknown>(
        { operation: 'getItem', about: { noun: 'item', id }, path: apiPath`/conversation-items/${id}` },
        (value) => value,
        absentAt(400, 404),
      ),
    createCustomerItem: (customerId, item) => createCustomerItem(requests, customerId, item),
    deleteCustomerItem: (customerId, itemId) => deleteCustomerItem(requests, customerId, itemId),
    deleteItem: (itemId) => deleteItem(requests, itemId),
    sendEmail: (mail, leaving) => sendEmail(requests, mail, leaving),
    sendSms: (sms, leaving) => sendSms(requests, sms, leaving),
    events: (query) => readEvents(requests, query),
    report,
    downloadRecording: (itemId, bounds) => downloadRecording(requests, itemId, bounds),
    getWebhooks: () => get({ operation: 'getWebhooks', path: apiPath`/webhooks` }, readWebhooks),
    getWebhook: (id) =>
      get(
        { operation: 'getWebhook', about: { noun: 'webhook', id }, path: apiPath`/webhooks/${id}` },
        (value, asked): Webhook | null => readWebhook(value, asked, id),
        absentAt(404),
      ),
    createWebhook: (webhook) => createWebhook(requests, webhook),
    updateWebhook: (id, changes) => updateWebhook(requests, id, changes),
    deleteWebhook: (id) => deleteWebhook(requests, id),
    close: () => transport.close(),
  };
}

/** Null for the statuses by which an operation says that there is nothing of this id. */
function absentAt(...statuses: readonly number[]): (problem: Problem) => null | undefined {
  return ({ refusal }) => (refusal !== null && statuses.includes(refusal.status) ? null : undefined);
}
