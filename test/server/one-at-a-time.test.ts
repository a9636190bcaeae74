import { describe, expect, test } from 'vitest';
import { deskInMemory, openSocket, openToken, runningServer, untilClosed } from './running.ts';

/** A desk that counts how many views it is asked for in all and at the same time. */
function countingDesk() {
  const desk = deskInMemory();
  const counts = { begun: 0, atOnce: 0, most: 0 };
  const view = async (token: string) => {
    counts.begun += 1;
    counts.most = Math.max(counts.most, (counts.atOnce += 1));
    await new Promise((resolve) => setImmediate(resolve));
    counts.atOnce -= 1;
    return desk.view(token);
  };
  return { counts, desk: { ...desk, view } };
}

const get = (stars: number) => `GET /s/${openToken}?rating=${stars} HTTP/1.1\r\nHost: x\r\n`;

describe('requests that are sent without waiting for answers', () => {
  test('are answered in their order, one at a time', async () => {
    const { counts, desk } = countingDesk();
    const server = await runningServer({ desk });
    const socket = await openSocket(server);
    const answers = untilClosed(socket);
    const stars = Array.from({ length: 20 }, (_, turn) => (turn % 5) + 1);
    const form = 'rating=4';
    const post =
      `POST /s/${openToken} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
      `Content-Length: ${form.length}\r\n\r\n`;
    socket.write(stars.map((star) => `${get(star)}\r\n`).join('') + post);
    socket.write(`${form}${get(1)}Connection: close\r\n\r\n`);
    const text = await answers;
    const chosen = [...text.matchAll(/value="(\d)"[^>]* checked/g)].map(([, star]) => Number(star));
    expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(22);
    expect(chosen).toEqual([...stars, 1]);
    expect(desk.answers).toMatchObject([{ rating: 4 }]);
    expect(counts).toMatchObject({ begun: 21, most: 1 });
  });

  test('end the connection where they are very many, and are not answered', async () => {
    const { counts, desk } = countingDesk();
    const server = await runningServer({ desk });
    const socket = await openSocket(server);
    const closed = untilClosed(socket);
    const usual = Error.stackTraceLimit;
    socket.write(`${get(1)}\r\n`.repeat(500));
    await closed;
    expect(counts.begun).toBe(1);
    // Other errors still say where they were made.
    expect([Error.stackTraceLimit, usual > 0]).toEqual([usual, true]);
  });
});
