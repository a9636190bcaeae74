import { expect, test, vi } from 'vitest';
import { engine } from '../support/engine.ts';
import { createIntake } from '../../src/workflow/serving/intake.ts';
import { surveyConversation } from '../../src/workflow/survey/survey-closing.ts';
import { createSteps } from '../../src/workflow/context/steps.ts';
import { backfillOf, hour, iso, world } from './support.ts';

/** A frozen process keeps the write lock if it is frozen between BEGIN and COMMIT, so nothing else may happen there. */
function watchTurns(): { transactions: () => number; spanning: () => number } {
  const { exec } = engine;
  let begun = 0;
  let spanning = 0;
  vi.spyOn(engine, 'exec').mockImplementation(function (this: typeof engine, sql) {
    exec.call(this, sql);
    if (sql !== 'BEGIN IMMEDIATE') return;
    begun += 1;
    const own = begun;
    // The next turn of the event loop.
    setImmediate(() => {
      if (begun === own && this.isOpen && this.isTransaction) spanning += 1;
    });
  });
  return { transactions: () => begun, spanning: () => spanning };
}

test('no transaction that writes spans turns of the event loop: webhooks, named conversations, a backfill', async () => {
  const own = await world();
  const watched = watchTurns();
  const services = own.services();
  const since = own.time.now;
  const intake = createIntake(services, { onStored: () => undefined, onIgnored: () => undefined });
  const ids = await Promise.all(
    Array.from({ length: 6 }, (_, turn) => own.tell({ customer: { email: `customer-${turn}@example.org` } })),
  );
  await Promise.all(
    ids.slice(0, 3).map((conversationId) =>
      intake.accept({
        type: 'CONVERSATION/CLOSED',
        timestamp: iso(own.time.now),
        content: { conversationId },
      }),
    ),
  );
  const steps = createSteps(services, () => undefined);
  await surveyConversation(services, { conversationId: ids[0]!, closingId: null }, steps);
  own.time.now += hour;
  await backfillOf(own.services(), [since - hour, own.time.now]);
  expect(own.sandbox.mailbox()).toHaveLength(6);
  expect(watched.transactions()).toBeGreaterThan(20);
  expect(watched.spanning()).toBe(0);

  // The watch notices a transaction that spans turns.
  await own.ledger.write('ledger', () => new Promise((resolve) => setTimeout(resolve, 5)));
  expect(watched.spanning()).toBe(1);
});
