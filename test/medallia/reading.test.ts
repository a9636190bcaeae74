import { expect, onTestFinished, test } from 'vitest';
import { createMedalliaClient, type MedalliaClient } from '../../src/medallia/client.ts';
import { json, localGladly, type Respond } from '../gladly/local-gladly.ts';

async function clientOf(respond: Respond): Promise<{ client: MedalliaClient; urls(): string[] }> {
  const { origin, urls } = await localGladly(respond);
  const client = createMedalliaClient({
    origin,
    apiKey: 'key-0123456789abcdef',
    apiSecret: 'secret-0123456789abcdef',
    userAgent: 'gcsat-test',
    pacer: { grant: () => Promise.resolve(), rateLimited: () => Promise.resolve() },
    timeoutMs: 5000,
    clock: () => Date.parse('2026-11-22T12:00:00.000Z'),
    random: () => 0,
    sleep: () => Promise.resolve(),
  });
  onTestFinished(() => client.close());
  return { client, urls };
}

const employee = { email: 'ines@acme.example', custom_employee_id: null };
const page = (next: string | null) => ({ employees: [employee], meta: { next_page: next } });

test('employees are read to the last page', async () => {
  const pages = [page('/v2/employees?page=2'), page('/v2/employees?page=3'), page(null)];
  const { client } = await clientOf((_, response, number) => json(response, 200, pages[number - 1]));
  expect(await client.activeEmployees()).toHaveLength(3);
});

test('a list of employees that has no end is an error, and no shorter list', async () => {
  const { client, urls } = await clientOf((_, response, number) =>
    json(response, 200, page(`/v2/employees?page=${number + 1}`)),
  );
  await expect(client.activeEmployees()).rejects.toMatchObject({
    kind: 'contract',
    code: 'medallia_unreadable',
    message: expect.stringContaining('no end after 200 pages'),
  });
  expect(urls()).toHaveLength(200);
});

test('what is refused to a reading is not about an agent or a customer', async () => {
  const { client } = await clientOf((_, response) => json(response, 400, { message: 'bad request' }));
  await expect(client.readFeedback(0, 10)).rejects.toMatchObject({
    kind: 'contract',
    code: 'medallia_refused',
    hint: expect.not.stringContaining('surveys retry'),
  });
});

test('an answer of more than 64 MiB is not fetched again', async () => {
  const { client, urls } = await clientOf((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(Buffer.alloc(64 * 1024 * 1024 + 1, ' '));
  });
  await expect(client.readFeedback(0, 10)).rejects.toMatchObject({
    kind: 'contract',
    code: 'medallia_unreadable',
  });
  expect(urls()).toHaveLength(1);
});
