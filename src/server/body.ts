import type { Exchange } from './exchange.ts';

/** A survey with a comment of 25,000 characters fits in any encoding, as does any event from Gladly. */
export const largestBody = 256 * 1024;

export class BodyTooLarge extends Error {}
/** The body made room for another that arrives faster. */
export class BodyTooSlow extends Error {}
/** The client left, or was cut off, before its body was complete. */
export class BodyIncomplete extends Error {}

/** The memory for bodies that are arriving. */
export interface BodyRoom {
  /** @param giveWay called when the room is full and no other body has been arriving longer */
  enter(exchange: Exchange, giveWay: () => void): { add: (bytes: number) => void; leave: () => void };
}

export function bodyRoom(mostBytes: number): BodyRoom {
  const arriving = new Map<Exchange, () => void>();
  let held = 0;
  return {
    enter(exchange, giveWay) {
      let own = 0;
      arriving.set(exchange, giveWay);
      return {
        add(bytes) {
          own += bytes;
          held += bytes;
          for (const [, makeRoom] of arriving) if (held > mostBytes) makeRoom();
        },
        leave() {
          arriving.delete(exchange);
          held -= own;
          own = 0;
        },
      };
    },
  };
}

/**
 * @throws BodyTooLarge as soon as the body exceeds the limit, without keeping the rest; BodyTooSlow if others need
 *   the room; BodyIncomplete
 */
export async function readBody(exchange: Exchange, room: BodyRoom): Promise<Buffer> {
  const { incoming, outgoing } = exchange;
  if (exchange.expectsContinue) outgoing.writeContinue();
  // One buffer: each of thousands of one-byte chunks would cost a hundred bytes.
  let body = Buffer.alloc(0);
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error): void => {
      incoming.off('data', onData).off('end', onEnd).off('close', onClose);
      place.leave();
      if (error === undefined) {
        resolve();
        return;
      }
      incoming.pause();
      reject(error);
    };
    const place = room.enter(exchange, () => done(new BodyTooSlow()));
    const onData = (chunk: Buffer): void => {
      const begun = exchange.bytesIn;
      exchange.bytesIn += chunk.length;
      if (exchange.bytesIn > largestBody) {
        done(new BodyTooLarge());
        return;
      }
      if (exchange.bytesIn > body.length) {
        body = Buffer.concat([body], Math.min(largestBody, Math.max(exchange.bytesIn, 2 * body.length)));
      }
      chunk.copy(body, begun);
      place.add(chunk.length);
    };
    const onEnd = (): void => done();
    const onClose = (): void => done(new BodyIncomplete());
    incoming.on('data', onData).on('end', onEnd).on('close', onClose).on('error', ignored);
    if (incoming.destroyed) onClose();
  });
  exchange.bodyIsRead();
  return body.subarray(0, exchange.bytesIn);
}

/** `close` follows every error. */
function ignored(): void {
  return undefined;
}

/** How much a refused client may still send, and for how long. */
const mostDiscarded = 1024 * 1024;
const discardMilliseconds = 1000;

/**
 * Answers before the whole body has been read, and ends the connection. What still arrives is discarded for a moment:
 * closing at once would reset the connection, and a client that is still writing would never see the answer.
 */
export async function refuseUnread(
  exchange: Exchange,
  answer: { status: number; headers: Record<string, string>; text: string },
): Promise<void> {
  const { incoming, outgoing } = exchange;
  const body = Buffer.from(answer.text);
  outgoing.shouldKeepAlive = false;
  outgoing.writeHead(answer.status, { ...answer.headers, 'Content-Length': body.length });
  outgoing.write(body);
  exchange.isAnswered = true;
  exchange.givesWay = true;
  await new Promise<void>((resolve) => {
    let discarded = 0;
    const timer = setTimeout(resolve, discardMilliseconds);
    incoming
      .on('data', (chunk: Buffer) => {
        discarded += chunk.length;
        if (discarded > mostDiscarded) resolve();
      })
      .on('error', ignored)
      .once('end', resolve)
      .once('close', resolve)
      .resume();
    outgoing.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  incoming.pause();
  outgoing.end();
}
