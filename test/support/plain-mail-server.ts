import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** A mail server. The test chooses the answer to each line, even to EHLO; null: none. Returns its `smtp://` address. */
export async function plainServer(
  answer: (line: string) => string | null | Promise<string | null>,
  greeting: () => string | Promise<string> = () => '220 mail.example ESMTP',
): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const say = (line: string | null): void => {
      if (line !== null) socket.write(`${line}\r\n`);
    };
    void Promise.resolve(greeting()).then(say);
    createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
      void Promise.resolve(answer(line)).then(say);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
