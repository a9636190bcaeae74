import { noFormAnswers } from '../../src/domain/survey/form.ts';
import { request, type Agent, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ListenLimits } from '../../src/server/listen.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { startServer, type ServerParts } from '../../src/server/start.ts';
import type { SurveyDesk } from '../../src/workflow/serving/survey-desk.ts';

export const webhookUser = { user: 'gladly', password: 'a very long password' };
export const basic = `Basic ${Buffer.from(`${webhookUser.user}:${webhookUser.password}`).toString('base64')}`;
/** The one survey of the desk below. */
export const openToken = 'a'.repeat(44);

/** A desk of one survey, in memory. */
export function deskInMemory(): SurveyDesk & { answers: unknown[]; unsubscribed: string[] } {
  const salutation = { companyName: 'Acme Home', language: 'en', brand: null };
  const answers: unknown[] = [];
  const unsubscribed: string[] = [];
  const open = {
    state: 'open' as const,
    ...salutation,
    surveyId: 'survey-1',
    agentFirstName: 'Maria',
    channel: 'email',
    closedAt: '2026-11-12T10:00:00.000Z',
    timeZone: 'Europe/Madrid',
    unsubscribeToken: 'unsubscribe-token',
    form: null,
    answer: null,
  };
  return {
    answers,
    unsubscribed,
    isOurs: async (purpose, token) => purpose === 'unsubscribe' || token === openToken,
    view: async (token) => (token === openToken ? open : { state: 'closed', ...salutation }),
    async answer(token, answer) {
      if (token !== openToken)
        return { state: 'closed', ...salutation, saved: false, changed: false, problems: [] };
      const { rating, resolved, comment } = answer;
      answers.push({ rating, resolved, comment });
      const given = { rating, resolved, comment, ...noFormAnswers };
      return { ...open, answer: given, saved: true, changed: true, problems: [] };
    },
    visited: () => undefined,
    subscription: async () => ({ state: 'subscribed', ...salutation }),
    async unsubscribe(token) {
      unsubscribed.push(token);
      return { state: 'unsubscribed', ...salutation };
    },
  };
}

export interface LogLine {
  level: 'info' | 'warn' | 'error';
  fields: Record<string, unknown>;
  message: string;
}

export interface RunningServer {
  origin: string;
  port: number;
  log: LogLine[];
  close(): Promise<void>;
}

/** A server for this test alone, on its own port; it is closed when the test is over. */
export async function runningServer(
  parts: Partial<ServerParts> = {},
  limits: Partial<ListenLimits> = {},
  port = 0,
): Promise<RunningServer> {
  const log: LogLine[] = [];
  const note =
    (level: LogLine['level']) =>
    (fields: Record<string, unknown>, message: string): void =>
      void log.push({ level, fields, message });
  const server = await startServer(
    {
      desk: deskInMemory(),
      intake: { accept: async () => 'stored' },
      credentials: async () => ({ basic: [webhookUser], headers: [] }),
      ready: async () => undefined,
      figures: async () => ({
        pause: null,
        fullUntil: null,
        due: 3,
        oldestDueAt: null,
        states: { pending: 3, scheduled: 0, sending: 0, uncertain: 1, failed: 0 },
        cardsMissing: 2,
        alertsDue: 0,
        reminders: { due: 0, uncertain: 0, failed: 0 },
        lookedUntil: null,
        oldestClaimAt: null,
        medalliaReadAt: null,
        counts: { count: 0, failed: 0, oldestAt: null, uncertain: 0, leftOut: 0 },
      }),
      requests: () => ({ gladly: 7, retried: 2, rateLimited: 1, byOperation: { getConversation: 7 } }),
      medalliaRequests: () => null,
      brand: { color: null, logo: null },
      language: 'en',
      publicUrl: 'https://csat.example.com',
      trustedProxies: [],
      metricsReaders: [],
      metrics: await createMetrics(),
      clock: () => Date.now(),
      log: { debug: () => undefined, info: note('info'), warn: note('warn'), error: note('error') },
      ...parts,
    },
    { host: '127.0.0.1', port },
    limits,
  );
  onTestFinished(() => server.close());
  return { ...server, port: Number(new URL(server.origin).port), log };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Asking {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  agent?: Agent;
  /** The address on this host that the request comes from; all of 127.0.0.0/8 is this host's own. */
  from?: string;
}

/** Sends one request over a real socket, with everything after the origin as it is. */
export function ask(server: { port: number }, path: string, asking: Asking = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, agent, from } = asking;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: server.port,
        path,
        method,
        headers,
        agent: agent ?? false,
        ...(from === undefined ? {} : { localAddress: from }),
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => (text += chunk));
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
        );
        incoming.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A socket of this test; it is destroyed when the test is over. */
export async function openSocket(server: { port: number }): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** Writes bytes as they are. Returns everything that comes back until the server ends the connection. */
export async function speak(server: { port: number }, bytes: string | Buffer): Promise<string> {
  const socket = await openSocket(server);
  const told = untilClosed(socket);
  socket.write(bytes);
  return told;
}

export function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.once('close', () => resolve(text));
  });
}
