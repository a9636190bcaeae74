import { createSemaphore } from '../domain/values/semaphore.ts';
import type { ReportSlots } from '../ports/report-slots.ts';
import { basicCredentials } from '../http/basic.ts';
import type { Pacer } from './http/pacing.ts';
import { createRequests, type RequestCounts } from './http/requests.ts';
import type { RetryOptions } from './http/retry.ts';
import { createTransport } from '../http/transport.ts';
import type { SendOutcome } from './resources/communication.ts';
import {
  getConversation,
  getConversationItems,
  getCustomerConversations,
  type Conversation,
} from './resources/conversations.ts';
import { getCustomer, type Customer } from './resources/customers.ts';
import { sendEmail, type Mail } from './resources/email.ts';
import {
  getExportJobs,
  readExportFile,
  type ExportFileName,
  type ExportJob,
  type LeftOut,
} from './resources/exports.ts';
import { readEvents, type EventQuery, type GladlyEvent } from './resources/events.ts';
import {
  createCustomerItem,
  deleteCustomerItem,
  deleteItem,
  getItem,
  type NewItem,
} from './resources/items.ts';
import { downloadRecording, type Recording } from './resources/media.ts';
import {
  getAgent,
  getAgents,
  getInbox,
  getInboxes,
  getOrganization,
  getTopic,
  getTopics,
  type Agent,
  type Inbox,
  type Organization,
  type Topic,
} from './resources/organization.ts';
import { readReport, type ReportRequest } from './resources/reports.ts';
import { addConversationNote } from './resources/notes.ts';
import { sendSms, type Sms } from './resources/sms.ts';
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  getWebhooks,
  updateWebhook,
  type Webhook,
  type WebhookChanges,
  type WebhookSpecification,
} from './resources/webhooks.ts';

export interface GladlyOptions extends RetryOptions {
  /** E.g. `https://acme.gladly.com`; nothing else ever gets the credentials. */
  origin: string;
  email: string;
  token: string;
  /** For one HTTP request. */
  timeoutMs: number;
  userAgent: string;
  pacer: Pacer;
  /** Default: assumes that no other process requests reports. */
  reportSlots?: ReportSlots;
  /**
   * Once it aborts, nothing new starts and every wait ends with its reason. Requests in flight finish within their
   * timeout. Streams (events, reports, recordings) end with the reason, because that timeout does not bound them.
   */
  signal?: AbortSignal;
}

/**
 * The Gladly operations that surveys need. Ids are opaque. Failures: `credentials` (401, 403), `not_found`, `temporary`
 * (network, timeout, 5xx, rate limit, after all tries), `contract` (an answer that cannot be used).
 */
export interface GladlyClient {
  readonly counts: RequestCounts;
  getConversation(id: string): Promise<Conversation>;
  /** Ascending by time. `limited`: the end of the timeline may be missing (getConversationItems). */
  getConversationItems(id: string): Promise<{ items: unknown[]; limited: boolean }>;
  /** Ascending by time, at most 100. */
  getCustomerConversations(customerId: string): Promise<Conversation[]>;
  /** `mergedFrom`: the ids that led to the customer, the requested id first. */
  getCustomer(id: string): Promise<{ customer: Customer; mergedFrom: string[] }>;
  getAgents(): Promise<Agent[]>;
  getAgent(id: string): Promise<Agent | null>;
  getInboxes(): Promise<Inbox[]>;
  getInbox(id: string): Promise<Inbox | null>;
  /** Disabled topics are included. */
  getTopics(): Promise<Topic[]>;
  getTopic(id: string): Promise<Topic | null>;
  getOrganization(): Promise<Organization>;
  /** Also null for an item whose type the API does not support. */
  getItem(id: string): Promise<unknown>;
  /** Safe to repeat. `customerId`: the customer who has the item, after any merges. */
  createCustomerItem(
    customerId: string,
    item: NewItem,
  ): Promise<{ created: 'created' | 'taken'; customerId: string }>;
  deleteCustomerItem(customerId: string, itemId: string): Promise<'deleted' | 'absent'>;
  /** By the item's id alone: a merge moves items to another customer. */
  deleteItem(itemId: string): Promise<'deleted' | 'absent'>;
  /** Never repeated automatically. `leaving` is awaited right before the mail leaves. */
  sendEmail(mail: Mail, leaving: () => Promise<void>): Promise<SendOutcome>;
  sendSms(sms: Sms, leaving: () => Promise<void>): Promise<SendOutcome>;
  addConversationNote(
    conversationId: string,
    body: string,
    leaving: () => Promise<void>,
  ): Promise<SendOutcome>;
  events(query: EventQuery): AsyncIterable<GladlyEvent>;
  getExportJobs(): Promise<ExportJob[]>;
  /** Streams the objects of a file; anything that is not an object is counted in `leftOut`. */
  exportFile(
    file: { jobId: string; name: ExportFileName },
    leftOut: LeftOut,
  ): AsyncIterable<Record<string, unknown>>;
  /** One at a time: a second report starts when the first has been read to its end or abandoned. */
  report(request: ReportRequest, columns: readonly string[]): AsyncIterable<Record<string, string>>;
  downloadRecording(itemId: string, options: { maxBytes: number }): Promise<Recording | null>;
  getWebhooks(): Promise<Webhook[]>;
  getWebhook(id: string): Promise<Webhook | null>;
  /**
   * Creates a disabled webhook, unless its URL already has one (`taken`). Safe to repeat, because Gladly refuses a
   * second webhook with the same URL.
   */
  createWebhook(webhook: WebhookSpecification): Promise<{ id: string; created: 'created' | 'taken' }>;
  /**
   * Enabling it or changing its URL requires that the PING is answered with 200; otherwise Failure
   * `webhook_ping_failed`.
   */
  updateWebhook(id: string, changes: WebhookChanges): Promise<void>;
  /** `enabled`: not deleted, because Gladly deletes only disabled webhooks. */
  deleteWebhook(id: string): Promise<'deleted' | 'absent' | 'enabled'>;
  /** Closes all connections. */
  close(): void;
}

export function createGladlyClient(options: GladlyOptions): GladlyClient {
  const basic = basicCredentials(options.email, options.token);
  const transport = createTransport({ ...options, headers: { authorization: `Basic ${basic}` } });
  const requests = createRequests({
    ...options,
    transport,
    secrets: [options.token, basic].filter((secret) => secret !== ''),
  });
  const reportLine = createSemaphore(1);
  const inFlight = new Map<string, Promise<unknown>>();

  /** Callers who ask for the same object at the same time share one answer. */
  const shared = <T>(operation: string, id: string, run: () => Promise<T>): Promise<T> => {
    const key = `${operation} ${id}`;
    const running = inFlight.get(key);
    if (running !== undefined) return running as Promise<T>;
    const started = run().finally(() => inFlight.delete(key));
    inFlight.set(key, started);
    return started;
  };

  async function* report(
    request: ReportRequest,
    columns: readonly string[],
  ): AsyncGenerator<Record<string, string>, void, undefined> {
    await reportLine.take('in_line', options.signal);
    let giveBack: (() => Promise<void>) | undefined;
    try {
      giveBack = await options.reportSlots?.take(options.signal);
      yield* readReport(requests, request, columns);
    } finally {
      await giveBack?.();
      reportLine.end();
    }
  }

  return {
    counts: requests.counts,
    getConversation: (id) => shared('getConversation', id, () => getConversation(requests, id)),
    getConversationItems: (id) =>
      shared('getConversationItems', id, () => getConversationItems(requests, id)),
    getCustomerConversations: (id) =>
      shared('getConversations', id, () => getCustomerConversations(requests, id)),
    getCustomer: (id) => shared('getCustomer', id, () => getCustomer(requests, id)),
    getAgents: () => shared('getAgents', '', () => getAgents(requests)),
    getAgent: (id) => shared('getAgent', id, () => getAgent(requests, id)),
    getInboxes: () => shared('getInboxes', '', () => getInboxes(requests)),
    getInbox: (id) => shared('getInbox', id, () => getInbox(requests, id)),
    getTopics: () => shared('getTopics', '', () => getTopics(requests)),
    getTopic: (id) => shared('getTopic', id, () => getTopic(requests, id)),
    getOrganization: () => shared('getOrganization', '', () => getOrganization(requests)),
    getItem: (id) => shared('getItem', id, () => getItem(requests, id)),
    createCustomerItem: (customerId, item) => createCustomerItem(requests, customerId, item),
    deleteCustomerItem: (customerId, itemId) => deleteCustomerItem(requests, customerId, itemId),
    deleteItem: (itemId) => deleteItem(requests, itemId),
    sendEmail: (mail, leaving) => sendEmail(requests, mail, leaving),
    sendSms: (sms, leaving) => sendSms(requests, sms, leaving),
    addConversationNote: (id, body, leaving) => addConversationNote(requests, id, body, leaving),
    events: (query) => readEvents(requests, query),
    getExportJobs: () => shared('findJobs', '', () => getExportJobs(requests)),
    exportFile: (file, leftOut) => readExportFile(requests, file, leftOut),
    report,
    downloadRecording: (itemId, bounds) => downloadRecording(requests, itemId, bounds),
    getWebhooks: () => shared('getWebhooks', '', () => getWebhooks(requests)),
    getWebhook: (id) => shared('getWebhook', id, () => getWebhook(requests, id)),
    createWebhook: (webhook) => createWebhook(requests, webhook),
    updateWebhook: (id, changes) => updateWebhook(requests, id, changes),
    deleteWebhook: (id) => deleteWebhook(requests, id),
    close: () => transport.close(),
  };
}
