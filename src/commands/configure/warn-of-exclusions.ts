import { parsePolicyValue } from '../../config/policy.ts';
import type { StoredProfile } from '../../config/profiles.ts';
import { defaultPolicy } from '../../domain/eligibility/policy.ts';
import { Failure } from '../../failure.ts';
import type { CommandContext } from '../program/context.ts';
import { savedAccount } from './saved-account.ts';

/**
 * Warns of inboxes and agents, among those being set, that Gladly does not have. Says nothing while the profile has
 * no account to ask with.
 */
export async function warnOfExclusions(
  context: CommandContext,
  saved: StoredProfile,
  set: Readonly<Record<string, string | null>>,
): Promise<void> {
  const excludedInboxes = parsePolicyValue('excludedInboxes', set['excludedInboxes'] ?? '');
  const excludedAgents = parsePolicyValue('excludedAgents', set['excludedAgents'] ?? '');
  const entries = [...excludedInboxes, ...excludedAgents];
  if (entries.length === 0) return;
  const account = await savedAccount(context, saved);
  if (account === null) return;
  const { signal, output } = context;
  const { withDirectory } = await import('../../workflow/checks/check-connection.ts');
  const { unmetSentences } = await import('../../workflow/survey/policy-warnings.ts');
  const policy = { ...defaultPolicy, optOutTopics: [], excludedInboxes, excludedAgents };
  try {
    const sentences = await withDirectory(account, signal, (directory) => unmetSentences(policy, directory));
    for (const sentence of sentences) output.warn(sentence);
  } catch (error) {
    if (!(error instanceof Failure) || signal.aborted) throw error;
    output.warn(`could not check whether Gladly has ${entries.join(', ')}: ${error.message}`);
  }
}
