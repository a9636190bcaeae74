import { randomUUID } from 'node:crypto';
import { isObject, objectOf, textOf } from '../../domain/values/json.ts';
import type { Reply } from '../reply.ts';
import { changeRow, type Company, type KeyKind, type Row, type StandInEmployee } from './company.ts';

/** No error body is documented; this one is assumed. */
export function saying(status: number, message: string): Reply {
  return { status, json: { message } };
}

const mostTags = 20;
const longestValue = 2000;

/**
 * Takes a request as Agent Connect does: it refuses with one of the reasons on its API status page, and what it decides
 * by itself (suppression, unsubscribes) shows only in the row. It answers with the request's own fields, and takes the
 * same interaction twice.
 */
export function takeRequest(company: Company, key: KeyKind, value: unknown): Reply {
  if (!isObject(value)) return saying(400, 'The body is not an object');
  const reason = reasonAgainst(company, value);
  if (typeof reason === 'string') return saying(400, reason);
  const at = new Date(company.now()).toISOString();
  const interactionId = textOf(value['ext_interaction_id']);
  if (key === 'test') company.testRequests.push({ at, interactionId });
  else addRow(company, value, reason, at);
  return { status: 200, json: echoOf(value) };
}

/** The employee of a valid request, or the reason for refusing it. */
function reasonAgainst(company: Company, value: Record<string, unknown>): string | StandInEmployee {
  const { employee, customer, tags, channel } = value;
  const { email, custom_id: customId } = objectOf(employee);
  if (email === undefined && customId === undefined) return 'Employee not found';
  const found = company.employees.find((one) =>
    customId === undefined
      ? one.email.toLowerCase() === textOf(email)?.toLowerCase()
      : one.customId === textOf(customId),
  );
  if (found === undefined) return 'Employee not found';
  if (found.state === 'deactivated') return 'Deactivated employee';
  if (found.state !== 'active') return 'Employee profile not complete';
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(textOf(objectOf(customer)['email']) ?? ''))
    return 'Invalid customer';
  if (!company.channels.includes(textOf(channel) ?? '')) return 'Channel not enabled for company';
  if (value['brand'] !== undefined) return 'Invalid/inactive brand signifier';
  if (Array.isArray(tags) && tags.length > mostTags) return 'Too many tags';
  return found;
}

function addRow(
  company: Company,
  value: Record<string, unknown>,
  employee: StandInEmployee,
  at: string,
): void {
  const customer = objectOf(value['customer']);
  const email = textOf(customer['email']) ?? '';
  const unsent = reasonNotToSend(company, value, email);
  const [first = '', ...rest] = employee.name.split(' ');
  const row: Row = {
    uuid: randomUUID(),
    sequence_id: 0,
    parent_uuid: null,
    is_recovery: false,
    branding: company.subdomain,
    channel: textOf(value['channel']) ?? '',
    ext_interaction_id: textOf(value['ext_interaction_id']),
    external_url: textOf(value['external_url']),
    language: textOf(value['language']) ?? 'en',
    survey_id: 12,
    survey_name: 'Default',
    tags: Array.isArray(value['tags']) ? value['tags'].map((tag) => cut(String(tag))) : [],
    request_created_at: at,
    request_delivery_status: unsent ?? 'Sent',
    request_sent_at: unsent === null ? at : null,
    delivered_at: unsent === null ? at : null,
    requested_via: 'API',
    response_received_at: null,
    employee: {
      custom_id: employee.customId,
      email: employee.email,
      first_name: first,
      last_name: rest.join(' '),
    },
    team_leader: { custom_id: '100', full_name: 'Tess Lead' },
    customer: { custom_id: textOf(customer['custom_id']), email, full_name: textOf(customer['name']) },
    custom_properties: Object.fromEntries(
      Object.entries(objectOf(value['custom_properties'])).map(([name, text]) => [name, cut(String(text))]),
    ),
    answers: {},
  };
  changeRow(company, row, {});
}

function reasonNotToSend(company: Company, value: Record<string, unknown>, email: string): string | null {
  if (value['do_not_send'] === true) return 'Not sent: do not send flag';
  if (company.unsubscribed.has(email.toLowerCase())) return 'Not sent: consumer unsubscribed';
  const since = company.now() - company.suppressionDays * 86_400_000;
  const isRecent = [...company.rows.values()].some(
    ({ customer, request_sent_at: sentAt }) =>
      customer?.email?.toLowerCase() === email.toLowerCase() && Date.parse(sentAt ?? '') > since,
  );
  return isRecent ? 'Not sent: suppression period' : null;
}

const cut = (text: string): string => text.slice(0, longestValue);

const echoed = [
  ...['customer', 'employee', 'channel', 'ext_interaction_id', 'external_url', 'tags'],
  ...['do_not_send', 'brand', 'language', 'country', 'custom_properties'],
];

/** The answer to a request: its own fields, without an id of the new request. */
function echoOf(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => echoed.includes(name)));
}
