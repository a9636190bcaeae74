import { expect, test } from 'vitest';
import { openFilesAllowed, withinOpenFiles } from '../../src/server/open-files.ts';
import { ask, openSocket, runningServer } from './running.ts';

const limits = { most: 2000, mostOfOne: 100, mostRequests: 10 };

test.each([
  [Number.POSITIVE_INFINITY, 2000, 100],
  [4096, 2000, 100],
  [256, 192, 96],
  [64, 16, 8],
])('of %d open files, %i may be connections, and %i those of one address', (openFiles, most, mostOfOne) => {
  expect(withinOpenFiles(limits, openFiles)).toEqual({ most, mostOfOne, mostRequests: 10 });
});

test.runIf(process.platform === 'linux')('how many files may be open is known', () => {
  expect(openFilesAllowed()).toBeGreaterThan(16);
});

test('connections that are closed to make room are counted, and the log says it once', async () => {
  const server = await runningServer({}, { most: 3 });
  for (let turn = 0; turn < 8; turn += 1) await openSocket(server);
  const { text } = await ask(server, '/metrics');
  const [, closed] = /^gcsat_http_connections_closed_total\{limit="room"\} (\d+)$/m.exec(text) ?? [];
  expect(Number(closed)).toBeGreaterThanOrEqual(5);
  expect(text).toContain('gcsat_http_connections_closed_total{limit="address"} 0\n');
  const said = server.log.filter(({ level }) => level === 'warn');
  expect(said).toEqual([{ level: 'warn', fields: { why: 'room', most: 3 }, message: expect.any(String) }]);
});
