import { request } from 'node:http';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import type { Exchange } from '../support/contract-validator.ts';

export interface Question {
  method?: string;
  /** With the query. */
  path: string;
  json?: unknown;
  body?: string;
  headers?: Record<string, string>;
  /** False leaves the credentials out. */
  authorized?: boolean;
}

/** What was parsed from an answer of any shape. */
export type AnyJson = any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look at the shape

export interface Answer extends Exchange {
  text: string;
  json(): AnyJson;
}

export function credentials({ email, token }: Pick<RunningSandbox, 'email' | 'token'>): string {
  return `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
}

/** Sends one request on its own connection, with the path as it is; rejects if the connection breaks. */
export function ask(sandbox: RunningSandbox, question: Question): Promise<Answer> {
  const requestBody = Buffer.from(
    question.json === undefined ? (question.body ?? '') : JSON.stringify(question.json),
  );
  const method = question.method ?? 'GET';
  const requestHeaders: Record<string, string> = {
    ...(question.authorized === false ? {} : { authorization: credentials(sandbox) }),
    ...(question.json === undefined ? {} : { 'content-type': 'application/json' }),
    ...question.headers,
  };
  const [path = '', query = ''] = question.path.split('?');
  const { hostname, port } = new URL(sandbox.origin);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { hostname, port, method, path: question.path, headers: requestHeaders, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const responseBody = Buffer.concat(chunks);
          resolve({
            method,
            path,
            query: new URLSearchParams(query),
            requestHeaders,
            requestBody,
            status: response.statusCode ?? 0,
            responseHeaders: response.headers,
            responseBody,
            text: responseBody.toString('utf8'),
            json: () => JSON.parse(responseBody.toString('utf8')),
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(requestBody);
  });
}

/** Enough requests per second for tests that are not about limits. */
export const unhurried = { requestsPerSecond: 100_000, reportsPerMinute: 1000 };

export function trapId(sandbox: RunningSandbox, name: string): string {
  const trap = sandbox.traps.find((one) => one.name === name);
  if (trap === undefined) throw new Error(`there is no trap ${name}`);
  return trap.conversationId;
}
