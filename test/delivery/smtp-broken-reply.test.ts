import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { createMailComposer } from '../../src/delivery/mail.ts';
import { createSmtp } from '../../src/delivery/smtp.ts';
import { builtInTemplate } from '../../src/delivery/template.ts';
import { surveyMessage } from './survey-message.ts';

/** A mail server that says this after the whole message, and then hangs up. */
async function serverThatEndsWith(lastWords: string): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let inMessage = false;
    socket.write('220 mail.example ESMTP\r\n');
    createInterface({ input: socket, crlfDelay: Infinity }).on('line', (line) => {
      if (inMessage) {
        if (line === '.') socket.end(lastWords);
        return;
      }
      inMessage = line === 'DATA';
      socket.write(inMessage ? '354 go on\r\n' : '250 fine\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ['nothing', '', 'uncertain'],
  ['the first line of a refusal', '554-5.7.1 refused, becau', 'uncertain'],
  ['a line of a refusal that goes on', '554-5.7.1 refused, because\r\n', 'uncertain'],
  ['a whole refusal', '554-5.7.1 refused, because\r\n554 5.7.1 of its looks\r\n', 'not_sent'],
])('a session that ends after the message with %s: %j is %s', async (_, lastWords, status) => {
  const provider = createSmtp({
    url: await serverThatEndsWith(lastWords),
    from: 'csat@harbour.example',
    composer: createMailComposer({ template: builtInTemplate() }),
    clock: () => 0,
    signal: new AbortController().signal,
  });
  onTestFinished(() => provider.close());
  expect(await provider.deliver(surveyMessage(), async () => undefined)).toMatchObject({ status });
});
