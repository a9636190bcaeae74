import type { Exchange } from './exchange.ts';

/** A survey with a comment of 25,000 characters fits in any encoding, as does any event from Gladly. */
export const largestBody = 256 * 1024;

export class BodyTooLarge extends Error {}
/** The client left, or was cut off, before its body was complete. */
export class BodyIncomplete extends Error {}

/** @throws BodyTooLarge as soon as the body exceeds the limit, without keeping the rest; BodyIncomplete */
export async function readBody(exchange: Exchange): Promise<Buffer> {
  const { incoming, outgoing } = exchange;
  if (exchange.expectsContinue) outgoing.writeContinue();
  const chunks: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    const done = (error?: Error): void => {
      incoming.off('data', onData).off('end', onEnd).off('close', onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onData = (chunk: Buffer): void => {
      exchange.bytesIn += chunk.length;
      chunks.push(chunk);
      if (exchange.bytesIn <= largestBody) return;
      incoming.pause();
      done(new BodyTooLarge());
    };
    const onEnd = (): void => done();
    const onClose = (): void => done(new BodyIncomplete());
    incoming.on('data', onData).on('end', onEnd).on('close', onClose).on('error', ignored);
    if (incoming.destroyed) onClose();
  });
  exchange.bodyIsRead();
  return Buffer.concat(chunks);
}

/** `close` follows every error. */
function ignored(): void {
  return undefined;
}

/** How much a refused client may still send, and for how long. */
const mostDiscarded = 1024 * 1024;
const discardMilliseconds = 1000;

/**
 * Answers before the whole body was read, and ends the connection. What still arrives is discarded for a moment: closing
 * at once would reset the connection, and a client that is still writing would never see the answer.
 */
export async function refuseUnread(
  exchange: Exchange,
  answer: { status: number; type: string; text: string },
): Promise<void> {
  const { incoming, outgoing } = exchange;
  const body = Buffer.from(answer.text);
  outgoing.shouldKeepAlive = false;
  outgoing.writeHead(answer.status, { 'Content-Type': answer.type, 'Content-Length': body.length });
  outgoing.write(body);
  exchange.isAnswered = true;
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
