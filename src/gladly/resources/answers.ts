import { z } from 'zod';
import { unreadable } from '../http/errors.ts';
import type { Asked } from '../http/errors.ts';

/**
 * What we read of Gladly's objects. Properties and enum values may be added at any time (Versioning), so unknown
 * ones are ignored; null is absent, text that comes as a number is text. Times are ISO-8601 in UTC with milliseconds.
 */
export interface Conversation {
  id: string;
  customerId: string;
  /** The agent assigned now, who need not have written anything. */
  agentId: string | null;
  inboxId: string | null;
  topicIds: string[];
  /** OPEN, WAITING, CLOSED, or one that we do not know yet. */
  status: string;
  createdAt: string | null;
  /** Only while the conversation is closed. */
  closedAt: string | null;
}

export interface CustomerEmail {
  original: string | null;
  normalized: string | null;
  primary: boolean;
}

export interface CustomerPhone {
  original: string | null;
  /** E.164. */
  normalized: string | null;
  primary: boolean;
  /** HOME, MOBILE, OFFICE; null is unknown or other. */
  type: string | null;
  /** ON, OFF, FORBIDDEN. */
  smsPreference: string | null;
}

export interface Customer {
  id: string;
  name: string | null;
  emails: CustomerEmail[];
  phones: CustomerPhone[];
}

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

export interface Webhook {
  id: string;
  name: string | null;
  url: string;
  /** E.g. `CONVERSATION/CLOSED`. */
  events: string[];
  enabled: boolean;
  /** When Gladly gave up delivering and switched it off. */
  deactivatedAt: string | null;
  hasCredentials: boolean;
  headerKeys: string[];
}

const anything = z.unknown().optional();

/** Text, or null for everything that is none. */
const text = anything.transform((value) => (isTextLike(value) ? String(value) : null));

/** Numbers as text happen, and text as numbers. */
function isTextLike(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

/** An id, or null; an empty one names nothing. */
const identifier = text.transform((value) => (value === '' ? null : value));

const required = identifier.pipe(z.string());

const flag = anything.transform((value) => value === true || value === 'true');

const time = text.transform((value) => (value === null ? null : readTime(value)));

/** Text that decides who is asked, or null; what cannot be understood may be what matters, so it is not passed over. */
const decisiveText = anything
  .refine((value): boolean => value === undefined || value === null || isTextLike(value))
  .pipe(text);

/** The same of an id, null where it names nothing. An object means the one that it has the id of. */
const decisiveId = z.union([
  decisiveText.transform((value) => (value === '' ? null : value)),
  z.object({ id: required }).transform(({ id }) => id),
]);

/** None is empty, but what is no list cannot be understood either. */
const decisiveIds = z.preprocess(
  (value) => value ?? [],
  z.array(decisiveId).transform((ids) => ids.filter((id) => id !== null)),
);

/** The entries that can be read; the others, and what is no list, are left out. */
function listOf<T>(entry: z.ZodType<T>): z.ZodType<T[]> {
  return anything.transform((value) => readable(Array.isArray(value) ? value : [], entry));
}

function readable<T>(values: readonly unknown[], entry: z.ZodType<T>): T[] {
  return values.flatMap((value) => {
    const parsed = entry.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
}

/**
 * An object of which the contract requires no property, so that a missing one is null. One that has others alone is the
 * answer to something else.
 *
 * @param others properties of the contract that nothing here needs
 */
function optional<Shape extends z.ZodRawShape>(
  shape: Shape,
  others: readonly string[] = [],
): z.ZodType<z.output<z.ZodObject<Shape>>> {
  const names = new Set([...Object.keys(shape), ...others]);
  const isOther = (found: object): boolean =>
    Object.keys(found).length > 0 && !Object.keys(found).some((name) => names.has(name));
  return z
    .looseObject({})
    .refine((found) => !isOther(found), `it has none of the properties ${[...names].join(', ')}`)
    .pipe(z.object(shape));
}

const conversation = z.object({
  id: required,
  customerId: required,
  agentId: identifier,
  inboxId: identifier,
  topicIds: decisiveIds,
  status: required,
  createdAt: time,
  closedAt: time,
});

const customer = optional(
  {
    id: identifier,
    name: text,
    emails: listOf(z.object({ original: text, normalized: text, primary: flag })),
    phones: listOf(
      z.object({ original: text, normalized: text, primary: flag, type: text, smsPreference: text }),
    ),
  },
  ['image', 'address', 'externalCustomerId', 'externalCustomerIds', 'createdAt', 'updatedAt'],
);

const agent = optional({ id: identifier, name: text, emailAddress: text }).transform(
  ({ id, name, emailAddress }) => ({ id, name, email: emailAddress }),
);

const inbox = optional({ id: identifier, name: text });

const topic = optional({ id: identifier, name: decisiveText, parentId: decisiveId, disabled: flag });

const organization = optional({ id: identifier, name: text, timezone: text }, ['loginDomain', 'gladlyUrl']);

const createdItem = optional({ id: identifier, timestamp: text }, [
  'content',
  'customerId',
  'initiator',
  'responder',
]);

const webhook = optional({
  id: identifier,
  name: text,
  url: text,
  events: listOf(required),
  enabled: flag,
  disabledAtDueToRetryLimit: time,
  hasCredentials: flag,
  headerKeys: listOf(required),
}).transform(({ disabledAtDueToRetryLimit, url, ...rest }) => ({
  ...rest,
  url: url ?? '',
  deactivatedAt: disabledAtDueToRetryLimit,
}));

export function readConversation(value: unknown, asked: Asked): Conversation {
  return read(conversation, value, asked);
}

/** The id that was asked for stands in for a missing one: the contract does not require it of a customer. */
export function readCustomer(value: unknown, asked: Asked, id: string): Customer {
  const found = read(customer, value, asked);
  return { ...found, id: found.id ?? id };
}

export function readAgent(value: unknown, asked: Asked, id: string): Agent {
  const found = read(agent, value, asked);
  return { ...found, id: found.id ?? id };
}

export function readInbox(value: unknown, asked: Asked, id: string): Inbox {
  const found = read(inbox, value, asked);
  return { ...found, id: found.id ?? id };
}

export function readTopic(value: unknown, asked: Asked, id: string): Topic {
  const found = read(topic, value, asked);
  return { ...found, id: found.id ?? id };
}

export function readOrganization(value: unknown, asked: Asked): Organization {
  return read(organization, value, asked);
}

/** The item in the answer is the one that we sent; whether it is one is all that it can tell. */
export function readCreatedItem(value: unknown, asked: Asked): void {
  if (value !== null) read(createdItem, value, asked);
}

export function readAgents(value: unknown, asked: Asked): Agent[] {
  return readDirectory(agent, value, asked);
}

export function readInboxes(value: unknown, asked: Asked): Inbox[] {
  return readDirectory(inbox, value, asked);
}

export function readTopics(value: unknown, asked: Asked): Topic[] {
  return readDirectory(topic, value, asked);
}

export function readWebhooks(value: unknown, asked: Asked): Webhook[] {
  return readDirectory(webhook, value, asked);
}

export function readWebhook(value: unknown, asked: Asked, id: string): Webhook {
  const found = read(webhook, value, asked);
  return { ...found, id: found.id ?? id };
}

/** A list whose entries are left as they are. */
export function readList(value: unknown, asked: Asked): unknown[] {
  if (!Array.isArray(value)) throw unreadable(asked, 'it is not a list');
  return value;
}

/** An entry without an id names nothing and is left out. */
function readDirectory<T extends { id: string | null }>(
  entry: z.ZodType<T>,
  value: unknown,
  asked: Asked,
): (T & { id: string })[] {
  return readable(readList(value, asked), entry).filter(
    (found): found is T & { id: string } => found.id !== null,
  );
}

function read<T>(shape: z.ZodType<T>, value: unknown, asked: Asked): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const missing = issues.map((issue) => issue.path.join('.')).filter((path) => path !== '');
  const other = issues.find(({ code }) => code === 'custom')?.message ?? 'it is not an object';
  throw unreadable(asked, missing.length === 0 ? other : `it has no readable ${missing.join(', ')}`);
}

/**
 * A time of Gladly, RFC 3339 with 0 to 9 digits of a second's fraction, as ISO-8601 in UTC with milliseconds. Null
 * when it cannot be read. One without an offset is taken as UTC, the zone of all times that Gladly sends.
 */
export function readTime(value: string): string | null {
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`;
  const atMs = Date.parse(zoned);
  return Number.isNaN(atMs) ? null : new Date(atMs).toISOString();
}
