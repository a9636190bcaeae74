import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { all, clientOf, conversation, failureOf, localGladly } from '../gladly/local-gladly.ts';

const text = JSON.stringify(conversation);
const kinds: [name: string, encoding: string, bytes: Buffer][] = [
  ['gzip', 'gzip', gzipSync(text)],
  ['gzip by its old name', 'X-GZIP', gzipSync(text)],
  ['deflate', 'deflate', deflateSync(text)],
  ['deflate without its frame', 'deflate', deflateRawSync(text)],
  ['brotli', 'br', brotliCompressSync(text)],
  ['an encoding that changes nothing', 'identity', Buffer.from(text)],
];

describe('an answer that is compressed', () => {
  test.each(kinds)('by %s is read', async (_name, encoding, bytes) => {
    const gladly = await localGladly((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
      response.end(bytes);
    });
    expect((await clientOf(gladly.origin).getConversation('c1')).id).toBe('c1');
  });

  test.each(kinds.slice(0, -1))(
    'by %s and ends too early is asked for again',
    async (_name, encoding, bytes) => {
      const gladly = await localGladly((_, response, number) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding });
        response.end(number === 1 ? bytes.subarray(0, bytes.length - 4) : bytes);
      });
      expect((await clientOf(gladly.origin).getConversation('c1')).id).toBe('c1');
      expect(gladly.received).toHaveLength(2);
    },
  );

  test('and is not what its header says is a trouble that passes', async () => {
    const gladly = await localGladly((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(text);
    });
    const failure = await failureOf(clientOf(gladly.origin).getConversation('c1'));
    expect([failure.kind, failure.code]).toEqual(['temporary', 'network']);
  });

  test('and has no body is nothing', async () => {
    const gladly = await localGladly((_, response) => {
      response.writeHead(204, { 'content-encoding': 'gzip' });
      response.end();
    });
    expect(await clientOf(gladly.origin).deleteItem('i1')).toBe('deleted');
  });

  test('the rows of a report whose gzip stops between them are not taken for all', async () => {
    const whole = gzipSync('Timestamp,Conversation ID\n' + '2026-11-01T00:00:01Z,c2\n'.repeat(5000));
    const gladly = await localGladly((_, response) => {
      response.writeHead(200, { 'content-type': 'text/csv', 'content-encoding': 'gzip' });
      response.end(whole.subarray(0, Math.floor(whole.length / 2)));
    });
    const request = { metricSet: 'R', startAt: '2026-11-01', endAt: '2026-11-01', timezone: 'UTC' };
    const rows = clientOf(gladly.origin).report(request, ['Timestamp', 'Conversation ID']);
    expect((await failureOf(all(rows))).kind).toBe('temporary');
  });
});
