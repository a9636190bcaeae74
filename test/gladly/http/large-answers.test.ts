import { expect, test } from 'vitest';
import { clientOf, failureOf, localGladly } from '../local-gladly.ts';

const large = JSON.stringify([{ type: 'filler', text: ' '.repeat(2 * 1024 * 1024) }]);

/** More answers than are read at the same time. */
const names = Array.from({ length: 12 }, (_, number) => `c${number}`);

test('many large answers at once all arrive', async () => {
  const gladly = await localGladly((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(large);
  });
  const client = clientOf(gladly.origin);
  const read = await Promise.all(names.map((name) => client.getConversationItems(name)));
  expect(read.map(({ items }) => items.length)).toEqual(names.map(() => 1));
});

test('answers that break off or never end do not block the others', async () => {
  const gladly = await localGladly(({ url }, response) => {
    const ends = url.includes('whole');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(large.slice(0, large.length - 2));
    if (ends) response.end(large.slice(large.length - 2));
    else if (url.includes('broken')) setTimeout(() => response.destroy(), 20);
  });
  const client = clientOf(gladly.origin, { timeoutMs: 300 });
  const badly = ['broken', 'endless'].flatMap((kind) =>
    names.slice(0, 6).map((name) => failureOf(client.getConversationItems(`${kind}-${name}`))),
  );
  for (const { kind } of await Promise.all(badly)) expect(kind).toBe('temporary');
  expect((await client.getConversationItems('whole')).items).toHaveLength(1);
});
