import type { StoredProfile } from '../../../config/profiles.ts';
import { resolveSettings } from '../../../config/resolve.ts';
import { Failure } from '../../../failure.ts';
import { registerSecret } from '../../../terminal/redact.ts';
import type { CommandContext } from '../../program/context.ts';

/** Of inboxes that Gladly does not have. Says nothing while the profile has no account to ask with. */
export async function warnOfInboxes(
  { flags, env, output, signal }: CommandContext,
  saved: StoredProfile,
  brand: string,
): Promise<void> {
  const onSecret = registerSecret;
  const resolved = await resolveSettings({ flags, env, draft: saved, onInvalid: () => undefined, onSecret });
  const { domain, email, token, timeoutMs, ratePercent } = resolved;
  if (domain === null || email === null || token === null) return;
  const { missingInboxes } = await import('../../../workflow/checks/brand-checks.ts');
  const account = { origin: domain.origin, email, token, timeoutMs, ratePercent };
  const brands = resolved.brands.filter(({ name }) => name === brand);
  try {
    const sentences = await missingInboxes(account, brands, { signal });
    for (const sentence of sentences) output.warn(sentence);
  } catch (error) {
    if (!(error instanceof Failure) || signal.aborted) throw error;
    output.warn(`could not check in Gladly whether these inboxes exist: ${error.message}`);
  }
}
