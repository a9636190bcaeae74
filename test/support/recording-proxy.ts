import { createServer, request as forward, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMedalliaPath, medalliaViolations } from './medallia-validator.ts';
import { validateExchange, type Exchange, type ValidationOptions } from './contract-validator.ts';

export interface RecordingProxy {
  origin: string;
  exchanges: readonly Exchange[];
  /**
   * Every departure from the contract so far, with method and path. Exchanges about an exempt id are left out, because
   * some conversations of the sandbox break the contract on purpose.
   */
  deviations(exemptIds?: readonly string[], options?: ValidationOptions): string[];
  close(): Promise<void>;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Passes on everything between a client and the sandbox unchanged, and records it. */
export async function recordingProxy(targetOrigin: string): Promise<RecordingProxy> {
  const target = new URL(targetOrigin);
  const exchanges: Exchange[] = [];

  const server = createServer((incoming, outgoing) => {
    const pass = async (): Promise<void> => {
      const requestBody = await bodyOf(incoming);
      const upstream = forward({
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      });
      upstream.end(requestBody);
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        upstream.once('response', resolve);
        upstream.once('error', reject);
      });
      const responseBody = await bodyOf(answer);
      const url = new URL(incoming.url ?? '/', 'http://localhost');
      exchanges.push({
        method: incoming.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        requestHeaders: incoming.headers,
        requestBody,
        status: answer.statusCode ?? 0,
        responseHeaders: answer.headers,
        responseBody,
      });
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.end(responseBody);
    };
    // A connection that breaks behind the proxy also breaks in front of it.
    pass().catch(() => outgoing.socket?.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    exchanges,
    deviations: (exemptIds = [], options = {}) =>
      exchanges
        .filter(
          ({ path, responseBody }) =>
            !exemptIds.some((id) => path.includes(encodeURIComponent(id)) || responseBody.includes(id)),
        )
        .flatMap((exchange) =>
          (isMedalliaPath(exchange.path)
            ? medalliaViolations(exchange)
            : validateExchange(exchange, options)
          ).map((problem) => `${exchange.method} ${exchange.path} ${exchange.status}: ${problem}`),
        ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
