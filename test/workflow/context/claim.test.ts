import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { claimClosing } from '../../../src/store/queue/claims.ts';
import { recordClosing } from '../../../src/store/closings/closing-reports.ts';
import { withClaim } from '../../../src/workflow/context/claim.ts';
import { iso, noon, world } from '../support.ts';

test('what is worked on for longer than a claim holds stays claimed, and then another host may take it', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const own = await world();
  const { closing } = await recordClosing(own.ledger, {
    conversationId: 'c1',
    customerId: null,
    closedAt: iso(noon),
    lane: 'live',
    source: 'webhook',
    seenAt: iso(noon),
  });
  const [one, other] = ['one-host', 'another-host'].map((host) => ({ host, pid: 4242, startedAt: '17' }));
  const claim = () => claimClosing(own.ledger, closing.id, other!, iso(own.time.now));
  await withClaim(own.services({ worker: one! }), closing.id, async () => {
    for (let turn = 0; turn < 4; turn += 1) {
      own.time.now += 10_000;
      vi.advanceTimersByTime(10_000);
      const renewed = iso(own.time.now + 30_000);
      for (let look = 0; look < 200 && (await own.closings())[0]!.claimUntil !== renewed; look += 1)
        await wait(5);
    }
    expect(await claim()).toMatchObject({ claimed: false });
  });
  expect(await claim()).toMatchObject({ claimed: true });
});
