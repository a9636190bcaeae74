import { createHmac, timingSafeEqual } from 'node:crypto';
import { isObject, numberOf, objectOf } from '../../domain/values/json.ts';
import type { Request, Route } from '../exchange.ts';
import type { Reply } from '../reply.ts';
import {
  medalliaKeys,
  profileStates,
  rowsAfter,
  type Company,
  type KeyKind,
  type StandInEmployee,
} from './company.ts';
import { saying, takeRequest } from './requests.ts';

const defaultRows = 1000;
const defaultEmployees = 100;
const mostEmployees = 500;
/** Agent Connect does not state how old a token may be; this is assumed. */
const oldestTokenMs = 3_600_000;

/** Whether a path belongs to Agent Connect: here, Gladly and Agent Connect share one address. */
export function isMedallia(path: string): boolean {
  return /^\/v[12]\//.test(path);
}

export const medalliaRoutes: readonly Route<Company>[] = [
  {
    method: 'POST',
    pattern: '/v1/requests',
    handle(company, request) {
      const key = keyOf(request);
      return key === null ? forbidden : takeRequest(company, key, bodyOf(request));
    },
  },
  {
    method: 'GET',
    pattern: '/v2/data',
    handle: (company, request) =>
      readWith(company, request, () => {
        const { query } = request;
        const rows = rowsAfter(company, numberOf(query.get('after')) ?? 0);
        const from = (name: string, at: string | null | undefined): boolean =>
          query.get(name) === null || Date.parse(at ?? '') >= Date.parse(query.get(name) ?? '');
        const to = (name: string, at: string | null | undefined): boolean =>
          query.get(name) === null || Date.parse(at ?? '') <= Date.parse(query.get(name) ?? '');
        const found = rows.filter(
          ({ request_created_at: created, response_received_at: answered }) =>
            from('created_at_gte', created) &&
            to('created_at_lte', created) &&
            from('responded_at_gte', answered) &&
            to('responded_at_lte', answered),
        );
        return { status: 200, json: found.slice(0, numberOf(query.get('limit')) ?? defaultRows) };
      }),
  },
  {
    method: 'GET',
    pattern: '/v2/employees',
    handle: (company, request) => readWith(company, request, () => employeePage(company, request)),
  },
  {
    method: 'GET',
    pattern: '/v2/employees/:id',
    handle: (company, request, { id = '' }) =>
      readWith(company, request, () => {
        const found = company.employees.find(({ email, customId }) => email === id || customId === id);
        return found === undefined ? { status: 404 } : { status: 200, json: shown(found) };
      }),
  },
];

const forbidden = saying(403, 'Forbidden');

function keyOf({ headers }: Request): KeyKind | null {
  const key = headers['x-api-key'];
  if (key === medalliaKeys.production) return 'production';
  return key === medalliaKeys.test ? 'test' : null;
}

/** Data Return and User Management also require the token, and count their requests. */
function readWith(company: Company, request: Request, read: () => Reply): Reply {
  if (keyOf(request) === null) return forbidden;
  if (!isToken(request.headers.authorization ?? '', company.now())) return forbidden;
  const key = String(request.headers['x-api-key']);
  return company.limitOf(key).take(company.now()) ? read() : { status: 429 };
}

/** HS256 with the secret and a fresh `iat`, sent without `Bearer`. */
function isToken(authorization: string, nowMs: number): boolean {
  const [header = '', payload = '', signature = ''] = authorization.split('.');
  const expected = createHmac('sha256', medalliaKeys.secret).update(`${header}.${payload}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const { alg } = parsed(header);
  const { iat } = parsed(payload);
  return alg === 'HS256' && typeof iat === 'number' && Math.abs(iat * 1000 - nowMs) < oldestTokenMs;
}

function parsed(part: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  } catch {
    return {};
  }
}

function bodyOf({ body }: Request): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}

function employeePage(company: Company, { query }: Request): Reply {
  const status = query.get('status');
  if (status !== null && !profileStates.some((state) => state === status)) {
    return saying(422, 'unknown status');
  }
  const all = company.employees.filter(({ state }) => status === null || state === status);
  const size = Math.min(numberOf(query.get('number_of_employees')) ?? defaultEmployees, mostEmployees);
  const before = query.get('external_id');
  const start = before === null ? 0 : all.findIndex(({ customId }) => customId === before) + 1;
  const page = all.slice(start, start + size);
  const last = page.at(-1);
  const more = new URLSearchParams(query);
  if (last !== undefined) more.set('external_id', last.customId);
  const hasMore = last !== undefined && start + size < all.length;
  const next = hasMore
    ? `https://${company.subdomain}.api.stellaconnect.net/v2/employees?${more.toString()}`
    : null;
  return { status: 200, json: { employees: page.map(shown), meta: { next_page: next } } };
}

function shown({ email, customId, name }: StandInEmployee): Record<string, unknown> {
  const [first = '', ...rest] = name.split(' ');
  return {
    email,
    custom_employee_id: customId,
    first_name: first,
    last_name: rest.join(' '),
    role: 'Agent',
    channels: ['phone', 'email', 'chat'],
    employment_status: 'full-time',
  };
}

/** The body of a request to a control, or an empty object if the body is not an object. */
export function controlBody(request: Request): Record<string, unknown> {
  const value = bodyOf(request);
  return isObject(value) ? value : {};
}
