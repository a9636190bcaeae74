import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** What happens to one request and its answer. */
export type Fate =
  | { kind: 'pass' | 'reset before' | 'no answer' | 'never read' }
  /** Each piece is late by `milliseconds` and a random part of `jitter`. */
  | { kind: 'late'; milliseconds: number; jitter: number }
  /** This much of the answer arrives, then a reset, or an end as if the answer was complete. */
  | { kind: 'reset' | 'end'; after: Beginning }
  /** The server gets the request when the signal aborts, even if the client no longer waits for the answer. */
  | { kind: 'late request'; until: AbortSignal }
  /** The head names a wrong content type. */
  | { kind: 'announced as'; type: string }
  /** A byte at a time. */
  | { kind: 'drip'; milliseconds: number }
  /** This is the answer; the server never gets the request. */
  | { kind: 'say'; pieces: () => Iterable<Buffer | string> };

/** The first part of an answer, however long it is. Without a body, the last byte is one of the head. */
export type Beginning = 'a part of the head' | 'the head' | 'all but a byte' | 'everything';

export interface BrokenNetwork {
  origin: string;
  /** The request lines that came through, e.g. `GET /api/v1/agents`. */
  requests: string[];
  close(): Promise<void>;
}

/**
 * A TCP proxy that breaks traffic byte by byte, in ways that an HTTP library cannot. `decide` gets the number of the
 * request, from 1, and its line. The client may keep connections open, but must wait for an answer before its next
 * request.
 */
export async function brokenNetwork(
  targetOrigin: string,
  decide: (number: number, line: string) => Fate,
): Promise<BrokenNetwork> {
  const target = new URL(targetOrigin);
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };

  const server = createServer((client) => {
    keep(client);
    let fate: Fate = { kind: 'pass' };
    let answered: Buffer = Buffer.alloc(0);
    let upstream: Socket | undefined;

    const connected = (): Socket => {
      if (upstream !== undefined) return upstream;
      upstream = keep(connect(Number(target.port), target.hostname));
      let last = Promise.resolve();
      upstream.on('data', (piece: Buffer) => {
        const current = fate;
        answered = answered.length === 0 ? piece : Buffer.concat([answered, piece]);
        const soFar = answered;
        last = last.then(() => handOn(client, piece, soFar, current));
      });
      upstream.on('close', () => void last.then(() => client.destroy()));
      client.on('close', () => upstream?.destroy());
      return upstream;
    };

    let held: Socket | undefined;
    const hold = (piece: Buffer, until: AbortSignal): void => {
      held ??= keep(connect(Number(target.port), target.hostname)).resume();
      const other = held;
      until.addEventListener('abort', () => other.write(piece));
    };

    client.on('data', (piece: Buffer) => {
      const line = /^(?:GET|POST|PUT|PATCH|DELETE) \S+/.exec(piece.toString('latin1'))?.[0];
      if (line !== undefined) {
        requests.push(line);
        fate = decide(requests.length, line);
        answered = Buffer.alloc(0);
        if (fate.kind === 'say') void say(client, fate.pieces());
      }
      if (fate.kind === 'reset before') client.resetAndDestroy();
      else if (fate.kind === 'never read') client.pause();
      else if (fate.kind === 'late request') hold(piece, fate.until);
      else if (fate.kind !== 'say') connected().write(piece);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** `answered`: all of the answer so far, including this piece. */
async function handOn(client: Socket, piece: Buffer, answered: Buffer, fate: Fate): Promise<void> {
  switch (fate.kind) {
    case 'late':
      await wait(fate.milliseconds + Math.random() * fate.jitter);
      client.write(piece);
      return;
    case 'drip':
      for (let at = 0; at < piece.length && client.writable; at += 1) {
        client.write(piece.subarray(at, at + 1));
        await wait(fate.milliseconds);
      }
      return;
    case 'reset':
    case 'end': {
      const length = lengthOf(answered, fate.after);
      if (length === null || client.destroyed || client.writableEnded) return;
      await new Promise((resolve) => client.write(answered.subarray(0, length), resolve));
      if (fate.kind === 'end') client.end();
      else client.resetAndDestroy();
      return;
    }
    case 'announced as':
      client.write(piece === answered ? announced(piece, fate.type) : piece);
      return;
    case 'pass':
      client.write(piece);
      return;
    case 'reset before':
    case 'no answer':
    case 'never read':
    case 'late request':
    case 'say':
      return;
  }
}

const endOfChunks = '\r\n0\r\n\r\n';

/** The length of this part of the answer in bytes; null until it has arrived. */
function lengthOf(answered: Buffer, beginning: Beginning): number | null {
  const head = answered.indexOf('\r\n\r\n') + 4;
  if (head < 4) return null;
  if (beginning === 'a part of the head') return 20;
  if (beginning === 'the head') return head;
  const headers = answered.subarray(0, head).toString('latin1');
  if (/^transfer-encoding: *chunked/im.test(headers)) {
    const isWhole = answered.subarray(-endOfChunks.length).toString('latin1') === endOfChunks;
    if (!isWhole) return null;
    return beginning === 'everything' ? answered.length : answered.length - endOfChunks.length - 1;
  }
  const whole = head + Number(/^content-length: *(\d+)/im.exec(headers)?.[1] ?? 0);
  if (answered.length < whole) return null;
  return beginning === 'everything' ? whole : whole - 1;
}

/** The start of an answer with another content type in its head. */
function announced(answered: Buffer, type: string): Buffer {
  const text = answered.toString('latin1').replace(/^content-type:.*$/im, `Content-Type: ${type}`);
  return Buffer.from(text, 'latin1');
}

/** Sends the pieces at the client's pace, then ends the connection. */
async function say(client: Socket, pieces: Iterable<Buffer | string>): Promise<void> {
  const gone = new Promise<void>((resolve) => client.once('close', () => resolve()));
  for (const piece of pieces) {
    if (!client.writable) return;
    if (!client.write(piece))
      await Promise.race([gone, new Promise<void>((resolve) => client.once('drain', resolve))]);
  }
  client.end();
}

/** A complete answer with this status. */
export function answer(
  status: string,
  body = '',
  headers: readonly string[] = [],
  type = 'application/json',
): Fate {
  const head = [`HTTP/1.1 ${status}`, `Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`];
  const text = `${[...head, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`;
  return { kind: 'say', pieces: () => [text] };
}

const million = 1024 * 1024;

/** An answer of this many MiB of spaces, which JSON allows; with `packed`, it is small on the wire. */
export function hugeAnswer(
  mebibytes: number,
  { packed, status = '200 OK' }: { packed: boolean; status?: string },
): Fate {
  const head = [`HTTP/1.1 ${status}`, 'Content-Type: application/json', 'Connection: close'];
  const part = Buffer.alloc(8 * million, ' ');
  const piece = packed ? gzipSync(part) : part;
  return {
    kind: 'say',
    *pieces() {
      yield `${[...head, ...(packed ? ['Content-Encoding: gzip'] : [])].join('\r\n')}\r\n\r\n`;
      for (let sent = 0; sent < mebibytes; sent += 8) yield piece;
    },
  };
}
