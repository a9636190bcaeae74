import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { print } from './table.ts';

/**
 * What somebody without credentials can do to `gcsat serve`: `attack.js ORIGIN LOGO`, until it is killed. It asks for
 * responses that it never reads, forges survey answers with large bodies, and sends bodies that hardly arrive, all at
 * once and all the time.
 */
const [origin = '', logo = ''] = process.argv.slice(2);
const { port, hostname } = new URL(origin);

const greedyConnections = 10;
const slowConnections = 100;
const forgedPerSecond = 100;
const bodyBytes = 256 * 1024;
const counts = { greedy: 0, slow: 0, forged: 0 };

/** Writes to a new connection, and waits until the connection is closed. */
function attempt(localAddress: string, text: string, readsAnswers: boolean): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ port: Number(port), host: hostname, localAddress });
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
    if (readsAnswers) socket.resume();
    else socket.pause();
    socket.write(text);
  });
}

/** Pauses even if the server refuses at once, so that the attack is bounded by its cost to the server, not to us. */
async function again(work: () => Promise<void>): Promise<never> {
  for (;;) {
    await work();
    await wait(100);
  }
}

function greedy(): Promise<void> {
  counts.greedy += 1;
  return attempt('127.0.2.1', `GET ${logo} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(800), false);
}

function slow(connection: number): Promise<void> {
  counts.slow += 1;
  const head = `POST /s/${'s'.repeat(44)} HTTP/1.1\r\nHost: x\r\nContent-Length: ${bodyBytes}\r\n\r\na=`;
  return attempt(`127.0.3.${connection % 20}`, head, true);
}

function forge(): void {
  counts.forged += 1;
  const token = `${counts.forged}`.padStart(44, 'f');
  const head = `POST /s/${token} HTTP/1.1\r\nHost: x\r\nContent-Length: ${bodyBytes}\r\n\r\n`;
  void attempt(`127.0.1.${counts.forged % 20}`, head + 'a'.repeat(bodyBytes), true);
}

for (let index = 0; index < greedyConnections; index += 1) void again(greedy);
for (let index = 0; index < slowConnections; index += 1) void again(() => slow(index));
setInterval(forge, 1000 / forgedPerSecond);
process.once('SIGTERM', () => {
  print(JSON.stringify(counts));
  process.exit();
});
// The process that starts a program of the benchmarks waits for it to print an address.
print(JSON.stringify({ listening: origin }));
