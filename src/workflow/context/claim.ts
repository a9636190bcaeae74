import type { Closing } from '../../domain/closing/closing.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import { claimClosing, releaseClaim, renewClaim } from '../../store/queue/claims.ts';
import { releaseLock, renewLock, takeLock } from '../../store/queue/locks.ts';
import { errorFields } from './error-fields.ts';
import { keepRenewing } from './keep-renewing.ts';
import type { Services } from './services.ts';

const giveBackAgainMilliseconds = 10_000;
const askEveryMilliseconds = 200;
/** Longer than the 30 s after which the claim of a dead process on another host ends. */
const patienceMilliseconds = 45_000;

/** Works on a closing under its claim. Waits if a live process holds the claim. */
export async function withClaim<Result>(
  services: Services,
  closingId: string,
  work: (closing: Closing) => Promise<Result>,
): Promise<Result> {
  const closing = await patiently(services, `closing ${closingId}`, async (now) => {
    const claim = await claimClosing(services.ledger, closingId, services.worker, now);
    return claim.claimed ? { got: claim.closing } : { heldBy: claim.heldBy };
  });
  return keepingClaim(services, closing, work);
}

/** Works on a closing that is already claimed, then gives the claim back. */
export async function keepingClaim<Result>(
  services: Services,
  closing: Closing,
  work: (closing: Closing) => Promise<Result>,
): Promise<Result> {
  const { ledger, worker } = services;
  return holding(services, () => work(closing), {
    renew: (now) => renewClaim(ledger, closing.id, worker, now),
    release: () => releaseClaim(ledger, closing.id, worker),
  });
}

/** Works under the lock of a name. */
export async function withLock<Result>(
  services: Services,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const { ledger, worker } = services;
  await patiently(services, name, async (now) => {
    const lock = await takeLock(ledger, name, worker, now);
    return lock.locked ? { got: true } : { heldBy: lock.heldBy };
  });
  return holding(services, work, {
    renew: (now) => renewLock(ledger, name, worker, now),
    release: () => releaseLock(ledger, name, worker),
  });
}

async function patiently<Got>(
  services: Services,
  what: string,
  attempt: (now: string) => Promise<{ got: Got } | { heldBy: string }>,
): Promise<Got> {
  const deadline = services.clock() + patienceMilliseconds;
  for (;;) {
    const answer = await attempt(timeNow(services.clock));
    if ('got' in answer) return answer.got;
    if (services.clock() > deadline) {
      throw new Failure('ledger', 'closing_busy', `${what} is being worked on by ${answer.heldBy}`, {
        hint: 'Wait for the other run to finish and try again.',
        scope: 'contention',
      });
    }
    await services.sleep(askEveryMilliseconds);
  }
}

async function holding<Result>(
  services: Services,
  work: () => Promise<Result>,
  hold: { renew: (now: string) => Promise<unknown>; release: () => Promise<unknown> },
): Promise<Result> {
  const endRenewal = keepRenewing(hold.renew, services.clock);
  try {
    return await work();
  } finally {
    endRenewal();
    await giveBack(services, hold.release);
  }
}

/**
 * A live process keeps its claim, so it must give it back even if the ledger is busy or the disk is full right now.
 * The result of the work stands either way.
 */
async function giveBack(services: Services, release: () => Promise<unknown>): Promise<void> {
  try {
    await release();
  } catch (error) {
    services.debug(`a claim will be released later: ${JSON.stringify(errorFields(error))}`);
    if (services.signal.aborted) return;
    setTimeout(() => void giveBack(services, release), giveBackAgainMilliseconds).unref();
  }
}
