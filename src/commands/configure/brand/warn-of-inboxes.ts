import type { StoredProfile } from '../../../config/profiles.ts';
import { Failure } from '../../../failure.ts';
import type { CommandContext } from '../../program/context.ts';
import { savedBrands } from '../saved-account.ts';

/** Warns of inboxes that Gladly does not have. Says nothing while the profile has no account to ask with. */
export async function warnOfInboxes(
  context: CommandContext,
  saved: StoredProfile,
  brand: string,
): Promise<void> {
  const { output, signal } = context;
  const known = await savedBrands(context, saved);
  if (known === null) return;
  const { missingInboxes } = await import('../../../workflow/checks/brand-checks.ts');
  const brands = known.brands.filter(({ name }) => name === brand);
  try {
    const sentences = await missingInboxes(known.account, brands, { signal });
    for (const sentence of sentences) output.warn(sentence);
  } catch (error) {
    if (!(error instanceof Failure) || signal.aborted) throw error;
    output.warn(`could not check whether Gladly has these inboxes: ${error.message}`);
  }
}
