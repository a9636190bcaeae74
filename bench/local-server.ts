import {
  createServer,
  request as forward,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exchange } from './statistics.ts';

export interface LocalServer {
  origin: string;
  close(): Promise<void>;
}

/** Serves on a free port of the loopback. */
export async function serve(listener: RequestListener): Promise<LocalServer> {
  const server = createServer(listener);
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export interface Observer extends LocalServer {
  /** The exchanges since the last call. */
  taken(): Exchange[];
}

/**
 * Stands in front of a server, passes everything on, and notes when each exchange began and ended.
 * @param answersItself - true for a request that it answers itself, which is then not passed on
 */
export async function observe(
  targetOrigin: string,
  answersItself: (incoming: IncomingMessage, outgoing: ServerResponse) => boolean = () => false,
): Promise<Observer> {
  const target = new URL(targetOrigin);
  let exchanges: Exchange[] = [];
  const server = await serve((incoming, outgoing) => {
    if (answersItself(incoming, outgoing)) return;
    const beganMs = performance.now();
    const upstream = forward(
      {
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        answer.once('end', () =>
          exchanges.push({
            method: incoming.method ?? '',
            path: (incoming.url ?? '').split('?')[0] ?? '',
            beganMs,
            endedMs: performance.now(),
            status: answer.statusCode ?? 502,
          }),
        );
      },
    );
    upstream.once('error', () => outgoing.destroy());
    incoming.pipe(upstream);
  });
  return {
    ...server,
    taken() {
      const taken = exchanges;
      exchanges = [];
      return taken;
    },
  };
}
