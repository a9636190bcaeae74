import { Failure } from '../failure.ts';
import { claimClosing, releaseClaim, renewClaim } from '../ledger/claims.ts';
import type { Closing } from '../ledger/closings.ts';
import type { Services } from './services.ts';

const renewEveryMilliseconds = 10_000;
const askEveryMilliseconds = 200;
/** A claim that is not renewed ends after 30 s; another live process may need about as long for one closing. */
const patienceMilliseconds = 45_000;

/** Works on a closing while nobody else does. A claim of a live process is waited for. */
export async function withClaim<Result>(
  services: Services,
  closingId: string,
  work: (closing: Closing) => Promise<Result>,
): Promise<Result> {
  return keepingClaim(services, await claim(services, closingId), work);
}

/** Works on a closing that is claimed already, and gives the claim back. */
export async function keepingClaim<Result>(
  services: Services,
  closing: Closing,
  work: (closing: Closing) => Promise<Result>,
): Promise<Result> {
  const { ledger, worker } = services;
  const renewal = setInterval(() => {
    // A renewal that fails lets the claim run out; the guarded transitions then refuse what would come too late.
    renewClaim(ledger, closing.id, worker, now(services)).catch(() => undefined);
  }, renewEveryMilliseconds);
  try {
    return await work(closing);
  } finally {
    clearInterval(renewal);
    await releaseClaim(ledger, closing.id, worker);
  }
}

async function claim(services: Services, closingId: string): Promise<Closing> {
  const deadline = services.clock() + patienceMilliseconds;
  for (;;) {
    const answer = await claimClosing(services.ledger, closingId, services.worker, now(services));
    if (answer.claimed) return answer.closing;
    if (services.clock() > deadline) {
      throw new Failure(
        'ledger',
        'closing_busy',
        `closing ${closingId} is being worked on by ${answer.heldBy}`,
        {
          hint: 'wait for the other run to finish and try again',
        },
      );
    }
    await services.sleep(askEveryMilliseconds);
  }
}

function now({ clock }: Services): string {
  return new Date(clock()).toISOString();
}
