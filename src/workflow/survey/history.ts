import type { SurveyHistory } from '../../domain/eligibility/decide.ts';
import type { Policy } from '../../domain/eligibility/policy.ts';
import type { Closing } from '../../store/closings/closing.ts';
import type { AddressHistory } from '../../store/queue/decisions.ts';

const day = 86_400_000;

/** ISO-8601; null when an address may be asked at any time. */
export function suppressionStart(policy: Policy, now: number): string | null {
  return policy.suppressionDays === 0 ? null : new Date(now - policy.suppressionDays * day).toISOString();
}

/** What the ledger holds, in the terms of the decision. */
export function historyOf(
  own: Pick<Closing, 'state' | 'provider'> | null,
  address: AddressHistory,
): SurveyHistory {
  return {
    own: own === null ? null : { state: own.state, provider: own.provider },
    unsubscribed: address.unsubscribed,
    others: address.closings.map(({ id, state, provider, closedAt, at }) => ({
      closingId: id,
      state,
      provider,
      closedAt: Date.parse(closedAt),
      at: Date.parse(at),
    })),
  };
}
