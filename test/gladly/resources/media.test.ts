import { describe, expect, test } from 'vitest';
import { all, clientOf, failureOf, localGladly } from '../local-gladly.ts';

const sound = Buffer.from([0xff, 0xfb, 0, 1, 2, 3, 254, 255]);

describe('a recording', () => {
  test('is streamed as it is', async () => {
    const gladly = await localGladly((_, response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' });
      response.write(sound.subarray(0, 3));
      response.end(sound.subarray(3));
    });
    const recording = await clientOf(gladly.origin).downloadRecording('m/1', { maxBytes: 8 });
    expect(recording?.contentType).toBe('audio/mpeg');
    expect(Buffer.concat(await all(recording!.bytes))).toEqual(sound);
    expect(gladly.urls()).toEqual(['/api/v1/conversation-items/m%2F1/media/recording']);
  });

  test('that does not exist is null', async () => {
    const gladly = await localGladly((_, response) => response.writeHead(404).end());
    expect(await clientOf(gladly.origin).downloadRecording('m1', { maxBytes: 8 })).toBeNull();
  });

  test('with a content length that is too large is not read', async () => {
    const gladly = await localGladly((_, response) =>
      response.writeHead(200, { 'content-length': 8 }).end(sound),
    );
    const failure = await failureOf(clientOf(gladly.origin).downloadRecording('m1', { maxBytes: 7 }));
    expect(failure.code).toBe('recording_too_large');
  });

  test('that turns out to be too large ends there', async () => {
    const gladly = await localGladly((_, response) => {
      response.write(sound);
      response.end(sound);
    });
    const recording = await clientOf(gladly.origin).downloadRecording('m1', { maxBytes: 15 });
    expect((await failureOf(all(recording!.bytes))).code).toBe('recording_too_large');
  });

  test('is requested again before its first byte, not after', async () => {
    const gladly = await localGladly((_, response, number) => {
      if (number === 1) return void response.writeHead(503).end();
      response.writeHead(200, { 'content-length': 100 });
      response.write(sound);
      setTimeout(() => response.destroy(), 5);
    });
    const recording = await clientOf(gladly.origin).downloadRecording('m1', { maxBytes: 1000 });
    const failure = await failureOf(all(recording!.bytes));
    expect([failure.kind, failure.code]).toEqual(['temporary', 'network']);
    expect(gladly.received).toHaveLength(2);
  });

  test('that stops in the middle is a time-out', async () => {
    const gladly = await localGladly((_, response) => void response.write(sound));
    const recording = await clientOf(gladly.origin, { timeoutMs: 100 }).downloadRecording('m1', {
      maxBytes: 99,
    });
    expect((await failureOf(all(recording!.bytes))).code).toBe('timeout');
  });
});
