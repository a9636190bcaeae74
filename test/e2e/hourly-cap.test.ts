import { expect, test } from 'vitest';
import { surveysOf } from '../support/gladly.ts';
import { run, runJson } from '../support/run.ts';
import { busyGladly } from './busy-gladly.ts';

test('an hour takes as many messages as it may, and the others wait for room, without a failure', async () => {
  const gladly = await busyGladly();
  const { env, range } = gladly;
  const [first] = await gladly.customers(5);
  expect((await run(['configure', 'set', 'maxPerHour=2'], { env })).code).toBe(0);

  const filled = await runJson(['backfill', ...range], { env });
  expect(filled).toMatchObject({
    code: 0,
    document: {
      end: 'done',
      error: null,
      outcomes: { sent: 2, scheduled: 3, failed: 0 },
      queued: 3,
      left: 0,
      fullHour: { maxPerHour: 2, until: expect.any(String) },
    },
  });
  expect(gladly.mails()).toEqual([1, 1]);
  // The next run finds the hour full, too.
  const again = await run(['backfill', ...range], { env });
  expect(again.code).toBe(0);
  expect(again.stdout).toMatch(
    /^Waits +hourly limit reached: 2 messages left \(maxPerHour\); the next one leaves at /m,
  );
  const replayed = await run(['replay', '--', first!], { env });
  expect(replayed.code).toBe(0);
  const states = (await surveysOf(env)).map(({ state }) => state).toSorted();
  expect(states).toEqual(['scheduled', 'scheduled', 'scheduled', 'sent', 'sent']);
  const checked = await runJson(['doctor', 'queue.due'], { env });
  expect(checked).toMatchObject({
    code: 0,
    document: {
      checks: expect.arrayContaining([
        expect.objectContaining({
          id: 'queue.due',
          status: 'ok',
          summary: expect.stringMatching(/^3 surveys are scheduled; .*maxPerHour.* leaves at /),
        }),
      ]),
    },
  });

  expect((await run(['configure', 'set', 'maxPerHour=4'], { env })).code).toBe(0);
  expect((await runJson(['backfill', ...range], { env })).document.thisRun).toMatchObject({ sent: 2 });
  expect((await run(['configure', 'set', 'maxPerHour=off'], { env })).code).toBe(0);
  expect((await runJson(['backfill', ...range], { env })).document.thisRun).toMatchObject({ sent: 1 });
  expect(gladly.mails()).toEqual([1, 1, 1, 1, 1]);
});
