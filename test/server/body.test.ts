import { expect, test, vi } from 'vitest';
import { bodyRoom } from '../../src/server/body.ts';
import type { Exchange } from '../../src/server/exchange.ts';
import { ask, deskInMemory, openSocket, openToken, runningServer } from './running.ts';

test('an answer that breaks off before its announced end is none', async () => {
  const desk = deskInMemory();
  const server = await runningServer({ desk });
  const form = 'rating=1&comment=ab';
  const socket = await openSocket(server);
  const head = [
    `POST /s/${openToken} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Length: 200',
  ];
  await new Promise<void>(
    (resolve) => void socket.write(`${head.join('\r\n')}\r\n\r\n${form}`, () => resolve()),
  );
  socket.destroy();
  await vi.waitFor(
    () =>
      expect(server.log.map(({ fields }) => fields)).toContainEqual(
        expect.objectContaining({ route: '/s/:token', status: null, bytesIn: form.length }),
      ),
    { timeout: 20_000, interval: 5 },
  );
  expect((await ask(server, `/s/${openToken}`)).status).toBe(200);
  expect(desk.answers).toEqual([]);

  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await ask(server, `/s/${openToken}`, { method: 'POST', headers, body: form })).status).toBe(200);
  expect(desk.answers).toMatchObject([{ rating: 1, comment: 'ab' }]);
});

test('when the room for bodies is full, those that have been arriving for longest give way', () => {
  const room = bodyRoom(100);
  const gone: string[] = [];
  const enter = (name: string) => {
    const place = room.enter({} as Exchange, () => {
      gone.push(name);
      place.leave();
    });
    return place;
  };
  const [first, second, third] = [enter('first'), enter('second'), enter('third')];
  first.add(40);
  second.add(40);
  third.add(20);
  expect(gone).toEqual([]);
  third.add(10);
  expect(gone).toEqual(['first']);
  second.leave();
  third.add(70);
  expect(gone).toEqual(['first']);
  enter('fourth').add(1);
  expect(gone).toEqual(['first', 'third']);
});
