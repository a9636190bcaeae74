import type { StoredProfile } from '../../config/profiles.ts';
import { resolveSettings } from '../../config/resolve.ts';
import type { ResolvedSettings } from '../../config/resolved-settings.ts';
import { registerSecret } from '../../terminal/redact.ts';
import type { Account } from '../../workflow/context/services.ts';
import type { CommandContext } from '../program/context.ts';

type Context = Pick<CommandContext, 'flags' | 'env'>;

/** The account with which a command that changes a profile asks Gladly; null while the profile has none. */
export async function savedAccount(context: Context, saved: StoredProfile): Promise<Account | null> {
  return (await savedBrands(context, saved))?.account ?? null;
}

/** The same account, with the brands of the profile. */
export async function savedBrands(
  { flags, env }: Context,
  saved: StoredProfile,
): Promise<{ account: Account; brands: ResolvedSettings['brands'] } | null> {
  const onSecret = registerSecret;
  const resolved = await resolveSettings({ flags, env, draft: saved, onInvalid: () => undefined, onSecret });
  const { domain, email, token, timeoutMs, ratePercent, brands } = resolved;
  if (domain === null || email === null || token === null) return null;
  return { account: { origin: domain.origin, email, token, timeoutMs, ratePercent }, brands };
}
