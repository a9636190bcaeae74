import { Failure } from '../../failure.ts';

// A script passes an empty id when its variable is not set.

/** @throws Failure kind usage */
export function refuseEmptyConversationId(ids: readonly string[]): void {
  if (ids.every((id) => id.trim() !== '')) return;
  throw new Failure('usage', 'empty_conversation_id', 'a conversation id is empty', {
    hint: 'Give ids as Gladly shows them, e.g. in the address of the conversation.',
  });
}

/** @throws Failure kind usage */
export function refuseEmptyId(id: string): void {
  if (id.trim() !== '') return;
  throw new Failure('usage', 'empty_id', 'the id is empty', {
    hint: 'Give the id of a survey, a closing or a conversation. `gcsat surveys list` shows them.',
  });
}
