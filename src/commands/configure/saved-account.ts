import type { StoredProfile } from '../../config/profiles.ts';
import { resolveSettings } from '../../config/resolve.ts';
import { registerSecret } from '../../terminal/redact.ts';
import type { Account } from '../../workflow/context/services.ts';
import type { CommandContext } from '../program/context.ts';

/** With which a command that changes a profile asks Gladly; null while the profile has none. */
export async function savedAccount(
  { flags, env }: Pick<CommandContext, 'flags' | 'env'>,
  saved: StoredProfile,
): Promise<Account | null> {
  const onSecret = registerSecret;
  const resolved = await resolveSettings({ flags, env, draft: saved, onInvalid: () => undefined, onSecret });
  const { domain, email, token, timeoutMs, ratePercent } = resolved;
  if (domain === null || email === null || token === null) return null;
  return { origin: domain.origin, email, token, timeoutMs, ratePercent };
}
