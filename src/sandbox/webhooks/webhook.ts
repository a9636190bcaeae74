import { isObject } from '../../domain/values/json.ts';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { isLoopback } from '../../domain/values/loopback.ts';
import { problem, type Problem } from '../errors.ts';
import type { JsonObject } from '../exchange.ts';
import { withMillis } from '../time.ts';
import { webhookEventTypes } from './event-types.ts';

/** The settings of a webhook. */
export interface WebhookValues {
  name: string | null;
  url: string;
  events: readonly string[];
  credentials: { username: string; password: string } | null;
  headers: Readonly<Record<string, string>>;
  enabled: boolean;
}

export interface Webhook extends WebhookValues {
  id: string;
  /** Epoch milliseconds, like the other times here. */
  createdAt: number;
  updatedAt: number;
  /** When the last retry of an event failed; null after the webhook was enabled again. */
  disabledAtDueToRetryLimit: number | null;
}

/** The most webhooks that an organization can have. */
export const webhooksLimit = 20;

export const newWebhook: WebhookValues = {
  name: null,
  url: '',
  events: [],
  credentials: null,
  headers: {},
  enabled: false,
};

const readOnly = [
  'id',
  'createdAt',
  'updatedAt',
  'hasCredentials',
  'headerKeys',
  'disabledAtDueToRetryLimit',
];

/** Headers that HTTP needs for itself. */
const reservedHeaders = ['connection', 'content-length', 'host', 'transfer-encoding'];

function urlProblems(value: unknown): Problem[] {
  if (value === '') return [problem('blank', 'url cannot be blank', 'url')];
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  // Gladly requires HTTPS. On this machine nobody can listen in, and there is no certificate.
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return [];
  return [problem('invalid', 'url must be an HTTPS URL (or HTTP to this machine)', 'url')];
}

function eventsProblems(value: unknown): Problem[] {
  if (!Array.isArray(value)) return [problem('invalid', 'events must be a list', 'events')];
  if (value.length === 0) return [problem('blank', 'events cannot be blank', 'events')];
  const unknown: unknown = value.find((one) => !webhookEventTypes.some((type) => type === one));
  return unknown === undefined
    ? []
    : [problem('invalid', `${JSON.stringify(unknown)} is not an event type`, 'events')];
}

function credentialsProblems(value: unknown): Problem[] {
  if (!isObject(value)) return [problem('invalid', 'credentials must be an object', 'credentials')];
  return (['username', 'password'] as const)
    .filter((name) => typeof value[name] !== 'string')
    .map((name) => problem('blank', `${name} cannot be blank`, `credentials.${name}`));
}

function headersProblems(value: unknown): Problem[] {
  if (!isObject(value)) return [problem('invalid', 'headers must be an object', 'headers')];
  return Object.entries(value)
    .filter(([name, text]) => !isHeader(name, text))
    .map(([name]) => problem('invalid', `${JSON.stringify(name)} cannot be sent as a header`, 'headers'));
}

function isHeader(name: string, value: unknown): boolean {
  if (typeof value !== 'string' || reservedHeaders.includes(name.toLowerCase())) return false;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function nameProblems(value: unknown): Problem[] {
  if (typeof value !== 'string') return [problem('invalid', 'name must be a string', 'name')];
  return value.length > 200 ? [problem('too_long', 'name is longer than 200', 'name')] : [];
}

function enabledProblems(value: unknown): Problem[] {
  return typeof value === 'boolean' ? [] : [problem('invalid', 'enabled must be true or false', 'enabled')];
}

const checks: Readonly<Record<string, (value: unknown) => Problem[]>> = {
  name: nameProblems,
  url: urlProblems,
  events: eventsProblems,
  credentials: credentialsProblems,
  headers: headersProblems,
  enabled: enabledProblems,
};

/** What is wrong with a webhook to create or change, in the contract's terms. */
export function webhookProblems(body: JsonObject): Problem[] {
  return [
    ...readOnly
      .filter((name) => name in body)
      .map((name) => problem('present', `${name} cannot be set`, name)),
    ...Object.entries(checks).flatMap(([name, check]) => (name in body ? check(body[name]) : [])),
  ];
}

/** The values after a change by a body that has no problems. */
export function changedValues(values: WebhookValues, body: JsonObject): WebhookValues {
  const given = body as Partial<WebhookValues>;
  return {
    name: given.name ?? values.name,
    url: given.url ?? values.url,
    events: given.events ?? values.events,
    credentials: given.credentials ?? values.credentials,
    headers: given.headers ?? values.headers,
    enabled: given.enabled ?? values.enabled,
  };
}

/** The webhook as clients read it: credentials and headers can only be written. */
export function shownWebhook(webhook: Webhook): Record<string, unknown> {
  const { id, name, events, url, enabled, credentials, headers, disabledAtDueToRetryLimit } = webhook;
  return {
    id,
    ...(name === null ? {} : { name }),
    events,
    url,
    enabled,
    hasCredentials: credentials !== null,
    headerKeys: Object.keys(headers),
    createdAt: withMillis(webhook.createdAt),
    updatedAt: withMillis(webhook.updatedAt),
    ...(disabledAtDueToRetryLimit === null
      ? {}
      : { disabledAtDueToRetryLimit: withMillis(disabledAtDueToRetryLimit) }),
  };
}
