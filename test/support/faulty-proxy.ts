import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What happens to one request: it is passed on, or breaks before or after the server has handled it. */
export type Fate =
  | 'pass'
  | 'reset before'
  | 'reset after'
  | 'never answer'
  | { status: number; body?: string; headers?: Record<string, string> };

export interface FaultyProxy {
  origin: string;
  /** The requests so far, e.g. `POST /api/v1/communications/email`. */
  seen: string[];
}

/** A proxy between the program and a server. `decide` chooses the fate of each request. */
export async function faultyProxy(
  targetOrigin: string,
  decide: (request: string, count: number) => Fate,
): Promise<FaultyProxy> {
  const target = new URL(targetOrigin);
  const seen: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const name = `${incoming.method ?? ''} ${(incoming.url ?? '').split('?')[0] ?? ''}`;
    seen.push(name);
    const fate = decide(name, seen.filter((one) => one === name).length);
    if (fate === 'reset before') {
      incoming.socket.resetAndDestroy();
    } else if (typeof fate === 'object') {
      incoming.resume();
      outgoing
        .writeHead(fate.status, { 'content-type': 'application/json', ...fate.headers })
        .end(fate.body ?? '');
    } else {
      pass(target, incoming, outgoing, fate);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function pass(target: URL, incoming: IncomingMessage, outgoing: ServerResponse, fate: Fate): void {
  const upstream = forward(
    {
      host: target.hostname,
      port: target.port,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
    },
    (answer) => {
      if (fate === 'reset after') {
        answer.resume().once('end', () => incoming.socket.resetAndDestroy());
      } else if (fate === 'never answer') {
        answer.resume();
      } else {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      }
    },
  );
  upstream.once('error', () => incoming.socket.resetAndDestroy());
  incoming.pipe(upstream);
}
