import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { matchRoute } from '../../src/sandbox/exchange.ts';
import { noFaults } from '../../src/sandbox/faults.ts';
import { apiRoutes } from '../../src/sandbox/routes/all.ts';
import { randomFrom } from '../../src/sandbox/random.ts';
import { startSandbox, type RunningSandbox } from '../../src/sandbox/start.ts';
import { webhooksOf } from '../../src/sandbox/webhooks/webhooks.ts';
import { ask, unhurried, type AnyJson } from './ask.ts';

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ size: 20, limits: unhurried });
});
afterAll(() => sandbox.close());

const contract: AnyJson = parse(
  readFileSync(join(import.meta.dirname, '../../contract/gladly.openapi.yaml'), 'utf8'),
);
const operations = Object.entries<AnyJson>(contract.paths)
  .filter(([path]) => path.startsWith('/api/'))
  .flatMap(([path, methods]) =>
    Object.entries<AnyJson>(methods)
      .filter(([, { operationId }]) => operationId !== undefined)
      .map(([method, { operationId }]) => ({
        operationId: String(operationId),
        method: method.toUpperCase(),
        path: path.replaceAll(/\{[^}]+\}/g, 'nobody'),
      })),
  );

test('every operation of the contract has a route, so that none looks like an unknown id', () => {
  const faults = () => noFaults;
  const luck = randomFrom(1, 'webhooks');
  const webhooks = webhooksOf({ now: Date.now, newId: () => 'new', faults, luck });
  const routes = apiRoutes({ origin: () => '', faults, webhooks });
  expect(operations.length).toBeGreaterThan(40);
  const without = operations.filter(({ method, path }) => matchRoute(routes, method, path) === undefined);
  expect(without).toEqual([]);
});

test('what the sandbox lacks answers 501 with its name, and it lacks no more than this', async () => {
  const missing: string[] = [];
  for (const { operationId, method, path } of operations) {
    const answer = await ask(sandbox, { method, path });
    if (answer.status < 500) continue;
    expect(answer.status).toBe(501);
    expect(answer.json().errors[0].detail).toBe(`the sandbox does not support ${operationId}`);
    missing.push(operationId);
  }
  expect(missing.toSorted()).toEqual([
    'changeFreeformTopics',
    'generateWorkSessionReport',
    'getCustomAttribute',
    'updateCustomer',
  ]);
  expect((await ask(sandbox, { path: '/api/v1/conversations' })).status).toBe(404);
});
