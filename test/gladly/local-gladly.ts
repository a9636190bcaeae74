import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createGladlyClient, type GladlyClient, type GladlyOptions } from '../../src/gladly/client.ts';
import type { Pacer } from '../../src/gladly/http/pacing.ts';
import type { NewItem } from '../../src/gladly/resources/items.ts';
import { Failure } from '../../src/failure.ts';

export interface Received {
  method: string;
  /** As it came over the wire, not decoded. */
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface LocalGladly {
  origin: string;
  port: number;
  received: Received[];
  urls(): string[];
}

export type Respond = (request: Received, response: ServerResponse, number: number) => void;

/** A real server on a free port that answers as the test says. It ends with the test. */
export async function localGladly(respond: Respond): Promise<LocalGladly> {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => (body += text));
    request.on('end', () => {
      const one = { method: request.method!, url: request.url!, headers: request.headers, body };
      received.push(one);
      respond(one, response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, port, received, urls: () => received.map(({ url }) => url) };
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export interface Time {
  nowMs: number;
  sleeps: number[];
  clock: () => number;
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A clock that moves only in a sleep. */
export function fakeTime(nowMs = Date.parse('2026-11-22T10:00:00.000Z')): Time {
  const time: Time = {
    nowMs,
    sleeps: [],
    clock: () => time.nowMs,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      time.sleeps.push(ms);
      time.nowMs += ms;
    },
  };
  return time;
}

export function unpaced(): Pacer & { rateLimits: (number | null)[] } {
  const rateLimits: (number | null)[] = [];
  return {
    rateLimits,
    grant: async () => undefined,
    observe: async () => undefined,
    rateLimited: async (retryAfterMs) => {
      rateLimits.push(retryAfterMs);
    },
  };
}

export const credentials = { email: 'api.user@example.com', token: 'tOken-2f9a81' };

export function clientOf(
  origin: string,
  options: Partial<GladlyOptions> & { time?: Time } = {},
): GladlyClient {
  const { time = fakeTime(), ...rest } = options;
  const client = createGladlyClient({
    origin,
    ...credentials,
    timeoutMs: 5000,
    userAgent: 'gcsat/test',
    pacer: unpaced(),
    clock: time.clock,
    sleep: time.sleep,
    random: () => 0.5,
    ...rest,
  });
  onTestFinished(() => client.close());
  return client;
}

/** A client of a Gladly that has one answer for everything. */
export async function clientFor(answer: unknown): Promise<GladlyClient> {
  return clientOf((await localGladly((_, response) => json(response, 200, answer))).origin);
}

export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error: unknown = await promise.then(
    (value) => new Error(`no failure, but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw error;
}

export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

export const conversation = {
  id: 'c1',
  customerId: 'u1',
  agentId: 'a1',
  inboxId: 'i1',
  topicIds: ['t1'],
  status: 'CLOSED',
  createdAt: '2026-11-20T08:00:00Z',
  closedAt: '2026-11-21T09:30:00.123456789Z',
};

export const card: NewItem = {
  id: 'card-1',
  content: { type: 'CUSTOMER_ACTIVITY', activityType: 'SURVEY', title: 'CSAT 5/5: resolved' },
};
