import { addressKey } from './addresses.ts';
import { nameKey } from '../values/name-key.ts';

/** Whether a list of agents contains this one: by id, or by email address in any spelling of the mailbox. */
export function isExcludedAgent(entries: readonly string[], agentId: string, email: string | null): boolean {
  const key = email === null ? null : addressKey(email);
  return entries.some((entry) => nameKey(entry) === nameKey(agentId) || addressKey(entry) === key);
}
