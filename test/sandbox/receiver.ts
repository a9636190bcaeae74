import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { AnyJson } from './ask.ts';

export interface Received {
  method: string;
  headers: IncomingHttpHeaders;
  body: AnyJson;
}

export interface Receiver {
  url: string;
  /** All requests, PINGs included. */
  received: Received[];
  /** All requests except PINGs. */
  events(): AnyJson[];
  connections(): Promise<number>;
  /** The status of each answer; null gives no answer. */
  answers: (body: AnyJson, count: number) => number | null;
}

/** A service that receives webhook requests. It ends with the test. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      received.push({ method: incoming.method ?? '', headers: incoming.headers, body });
      const status = receiver.answers(body, received.length);
      if (status !== null) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    events: () => received.map(({ body }) => body).filter(({ type }) => type !== 'PING'),
    connections: () =>
      new Promise((resolve) => {
        server.getConnections((_error, count) => resolve(count));
      }),
    answers: () => 200,
  };
  return receiver;
}
