import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/**
 * What happens to one line from the client: it is passed on; the connection is cut before or after the server gets it;
 * or the server gets it and its answer never arrives.
 */
export type LineFate = 'pass' | 'cut before' | 'cut after' | 'hold answer';

export interface SmtpProxy {
  port: number;
  url: string;
  /** The client's lines so far. */
  lines: string[];
}

/** Stands between the program and an unencrypted mail server. `decide` chooses the fate of each line. */
export async function smtpProxy(
  targetPort: number,
  decide: (line: string, connection: number) => LineFate,
): Promise<SmtpProxy> {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    const number = connections;
    const upstream = connect(targetPort, '127.0.0.1');
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', cut);
    }
    let fate: LineFate = 'pass';
    upstream.on('data', (bytes: Buffer) => {
      if (fate === 'cut after') cut();
      else if (fate === 'pass') client.write(bytes);
    });
    createInterface({ input: client, crlfDelay: Infinity }).on('line', (line) => {
      if (fate !== 'pass' || upstream.destroyed) return;
      lines.push(line);
      fate = decide(line, number);
      if (fate === 'cut before') cut();
      else upstream.write(`${line}\r\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `smtp://127.0.0.1:${port}`, lines };
}
