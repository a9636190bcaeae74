import { expect, test } from 'vitest';
import { logContext } from '../../src/ports/log-context.ts';
import { openLog } from '../../src/terminal/log.ts';
import { registerSecret } from '../../src/terminal/redact.ts';

function sink(isTTY: boolean) {
  const written: string[] = [];
  return { written, stderr: { isTTY, write: (text: string) => void written.push(text) } };
}

test('a line of JSON for programs, a short one for a person', async () => {
  const program = sink(false);
  (await openLog('info', program.stderr)).info({ survey: 'abc' }, 'card posted');
  expect(JSON.parse(program.written[0]!)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    version: '0.0.0-test',
    survey: 'abc',
    msg: 'card posted',
  });
  const person = sink(true);
  (await openLog('info', person.stderr)).warn({ survey: 'abc\u001B[31m' }, 'card not posted');
  expect(person.written[0]).toMatch(/^[\d:]{8} warn {2}card not posted {2}survey=abc\n$/);
});

test.each([
  ['debug', 4],
  ['info', 3],
  ['warn', 2],
  ['error', 1],
] as const)('level %s writes %i of the four', async (level, count) => {
  const { written, stderr } = sink(false);
  const log = await openLog(level, stderr);
  for (const name of ['debug', 'info', 'warn', 'error'] as const) log[name]({}, 'a line');
  expect(written).toHaveLength(count);
});

test('lines of one request have its id', async () => {
  const { written, stderr } = sink(false);
  const log = await openLog('info', stderr);
  logContext.run({ requestId: 'r-1' }, () => log.info({}, 'within'));
  log.info({}, 'without');
  expect(written.map((line) => (JSON.parse(line) as { requestId?: string }).requestId)).toEqual([
    'r-1',
    undefined,
  ]);
});

test('no secret, no token of a link and no mail address gets in', async () => {
  registerSecret('a-registered-secret');
  const { written, stderr } = sink(false);
  const log = await openLog('info', stderr);
  const token = 'Ab3_'.repeat(11);
  log.info(
    { url: `https://csat.example.com/s/${token}?rating=5`, email: 'x', inner: { comment: 'private words' } },
    'a-registered-secret of somebody@example.org',
  );
  for (const hidden of ['a-registered-secret', token, 'somebody', 'private words', '"x"']) {
    expect(written.join('')).not.toContain(hidden);
  }
});

test('the id of a closing is kept, though it has an @', async () => {
  const { written, stderr } = sink(false);
  const closing = 'conversation@2026-11-22T12:00:00.000Z';
  (await openLog('info', stderr)).info({ closing }, 'closing sent');
  expect(written.join('')).toContain(closing);
});
