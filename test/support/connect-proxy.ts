import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished, vi } from 'vitest';

export interface ConnectProxy {
  port: number;
  /** What it was asked to connect to, and as whom. */
  tunnels: { to: string | undefined; authorization: string | undefined }[];
  /** Requests in the clear, which it must never see. */
  plain: string[];
  /** `silent`: it never answers. */
  mood: 'well' | 'silent' | number;
  /** How many connections to the proxy are open. */
  open(): number;
}

/** A forward proxy on loopback that leads every tunnel to one port of this machine, whatever was asked for. */
export async function connectProxy(port: number): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    proxy.plain.push(request.url ?? '');
    response.writeHead(405).end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  server.on('connect', ({ url, headers }, socket: Socket, head) => {
    proxy.tunnels.push({ to: url, authorization: headers['proxy-authorization'] });
    // Read and ended by hand, so that the proxy notices when the other side leaves.
    if (proxy.mood === 'silent') return void socket.on('end', () => socket.end()).resume();
    if (proxy.mood !== 'well') {
      socket.end(`HTTP/1.1 ${proxy.mood} No\r\nContent-Length: 2\r\n\r\nno`);
      return;
    }
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    sockets.add(onward);
    onward.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: ConnectProxy = {
    port: (server.address() as AddressInfo).port,
    tunnels: [],
    plain: [],
    mood: 'well',
    open: () => [...sockets].filter((socket) => !socket.destroyed).length,
  };
  onTestFinished(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  return proxy;
}

/** Sets these variables about proxies for one test, and no others. */
export function proxyVariables(variables: Record<string, string>): void {
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}
