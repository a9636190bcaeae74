import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { ok, skipped, type Check } from '../../../src/workflow/checks/check.ts';
import { allChecks } from '../../../src/workflow/checks/all-checks.ts';
import { chosenChecks, runChecks } from '../../../src/workflow/checks/run-checks.ts';

type Given = Partial<Check<object>> & Pick<Check<object>, 'id'>;

const check = (given: Given): Check<object> => ({
  about: given.id,
  matters: 'It matters.',
  needs: [],
  run: () => ok('fine'),
  ...given,
});

const run = (checks: readonly Check<object>[], options = {}) =>
  runChecks(checks, {}, { limitMs: 5000, offline: false, ...options });

const refusal = new Failure('credentials', 'refused_token', 'Gladly refuses the token', {
  hint: 'Run `gcsat configure`, or look at the token.',
});
const failing = (): never => {
  throw refusal;
};

test('a check waits for what it needs, and the others do not wait for each other', async () => {
  const events: string[] = [];
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const results = await run([
    check({ id: 'late', needs: ['slow'], run: () => (events.push('late'), ok('')) }),
    check({
      id: 'slow',
      run: async () => {
        await opened;
        events.push('slow');
        return ok('');
      },
    }),
    // The slow check goes on only once this check runs.
    check({ id: 'quick', run: () => (events.push('quick'), open(), ok('')) }),
  ]);
  expect(events).toEqual(['quick', 'slow', 'late']);
  expect(results.map(({ id }) => id)).toEqual(['late', 'slow', 'quick']);
});

test('trouble says what, why it matters, and the next command, and what needs it is skipped with the reason', async () => {
  const results = await run([
    check({ id: 'token', run: failing }),
    check({ id: 'topic', needs: ['token'] }),
    check({ id: 'beyond', needs: ['topic', 'unlisted'] }),
    check({ id: 'none-yet', run: () => skipped('there is none yet') }),
    check({ id: 'queue', needs: ['none-yet'] }),
    check({
      id: 'doubt',
      run: () => ({ status: 'warning', summary: 'odd', code: 'odd', fix: 'gcsat resume', kind: 'partial' }),
    }),
    check({ id: 'on-doubt', needs: ['doubt'] }),
  ]);
  expect(results).toMatchObject([
    {
      status: 'error',
      summary: 'Gladly refuses the token',
      detail: 'It matters. Run `gcsat configure`, or look at the token.',
      fix: 'gcsat configure',
      code: 'refused_token',
      kind: 'credentials',
      failure: refusal,
    },
    { status: 'skipped', summary: 'not checked, because of token', unmet: 'token', fix: null },
    { status: 'skipped', summary: 'not checked, because of topic' },
    { status: 'skipped', summary: 'there is none yet', unmet: null },
    { status: 'skipped', summary: 'not checked, because of none-yet' },
    { status: 'warning', detail: 'It matters.', fix: 'gcsat resume', code: 'odd', kind: 'partial' },
    { status: 'ok' },
  ]);
});

test('one that hangs is an error with its reason, and one that has a defect is broken and says nothing', async () => {
  const secret = 'maria@example.com';
  const results = await run(
    [
      check({ id: 'hangs', run: () => new Promise(() => undefined) }),
      check({ id: 'after', needs: ['hangs'] }),
      check({
        id: 'defect',
        run: () => {
          throw new TypeError(`nothing is known of ${secret}`);
        },
      }),
    ],
    { limitMs: 20 },
  );
  expect(results).toMatchObject([
    { status: 'error', code: 'check_timed_out', kind: 'temporary', summary: 'no answer within 0.02 s' },
    { status: 'skipped', unmet: 'hangs' },
    { status: 'broken', kind: 'defect', code: 'defect', fix: 'gcsat doctor defect -v' },
  ]);
  expect(results[2]?.summary).toContain('TypeError');
  expect(results[2]?.summary).not.toContain(secret);
});

test('offline, what asks beyond this machine is not run', async () => {
  const results = await run([check({ id: 'far', isRemote: true, run: failing }), check({ id: 'near' })], {
    offline: true,
  });
  expect(results.map(({ status }) => status)).toEqual(['skipped', 'ok']);
});

test('who interrupts the checks ends them', async () => {
  const interrupted = new Failure('interrupted', 'interrupted', 'stopped by SIGINT', { hint: 'none' });
  const stopped = check({
    id: 'one',
    run: () => {
      throw interrupted;
    },
  });
  await expect(run([stopped])).rejects.toBe(interrupted);
});

describe('the checks of doctor', () => {
  test('have ids of their own, which the ones that they need have too', () => {
    const ids = allChecks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, needs } of allChecks) {
      for (const need of needs) expect(ids.slice(0, ids.indexOf(id)), `${id} needs ${need}`).toContain(need);
    }
  });

  test('include those that scripts rely on', () => {
    const promised =
      'node config.files ledger.open ledger.version ledger.integrity ledger.disk gladly.reach gladly.token ' +
      'gladly.clock gladly.rate gladly.reports gladly.opt-out-topic webhook.registered webhook.events delivery ' +
      'delivery.sender survey.address survey.secret queue.due queue.failed queue.uncertain cards.outstanding sync.last';
    expect(allChecks.map(({ id }) => id)).toEqual(expect.arrayContaining(promised.split(' ')));
  });

  test('are chosen by id or group, with what they need', () => {
    const idsOf = (...names: string[]) => chosenChecks(allChecks, names).chosen.map(({ id }) => id);
    expect(idsOf('queue.due')).toEqual(['ledger.open', 'ledger.version', 'queue.due']);
    expect(idsOf('survey')).toEqual(['config.files', 'survey.address', 'survey.secret']);
    expect(idsOf()).toHaveLength(allChecks.length);
    expect(chosenChecks(allChecks, ['queu', 'node']).unknown).toEqual(['queu']);
  });
});
