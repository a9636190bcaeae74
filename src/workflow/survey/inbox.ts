import type { Settings } from '../../config/settings.ts';
import { brandsOfInbox } from '../../domain/eligibility/brands.ts';
import { listed } from '../../domain/values/name-key.ts';
import { Failure } from '../../failure.ts';
import type { ConversationRead } from './read-conversation.ts';

/**
 * A conversation without an inbox belongs to no brand.
 *
 * @throws Failure kind contract when inboxes are excluded or belong to brands, and Gladly does not say whether this is
 *   one of them; kind configuration when several brands claim it
 */
export function checkInbox(
  { policy, brands }: Pick<Settings, 'policy' | 'brands'>,
  { conversation, inboxes }: Pick<ConversationRead, 'conversation' | 'inboxes'>,
): void {
  const { excludedInboxes } = policy;
  const { id, inboxId } = conversation;
  if (inboxId === null) {
    if (excludedInboxes.length === 0) return;
    throw unknownInbox(id, 'inbox_missing', `conversation ${id} has no inbox, and some are excluded`);
  }
  const name = inboxes.get(inboxId)?.name ?? null;
  const mayBeAmong = (entries: readonly string[]): boolean => {
    // An entry that is not an inbox id may be a name, perhaps this inbox's.
    const isById = listed(entries, [inboxId]);
    const areNames = !entries.every((entry) => listed([...inboxes.keys()], [entry]));
    return name === null && !isById && areNames;
  };
  const unnamed = `Gladly gives no name for inbox ${inboxId} of conversation ${id}`;
  if (mayBeAmong(excludedInboxes)) {
    throw unknownInbox(id, 'inbox_unnamed', `${unnamed}, and some are excluded by name`);
  }
  const isOfBrand = brands.some((brand) => listed(brand.inboxes, [inboxId]));
  if (!isOfBrand && mayBeAmong(brands.flatMap((brand) => brand.inboxes))) {
    throw unknownInbox(id, 'inbox_unnamed', `${unnamed}, and brands have inboxes by name`);
  }
  const [one, another] = brandsOfInbox(brands, { id: inboxId, name });
  if (one === undefined || another === undefined) return;
  throw new Failure(
    'configuration',
    'inbox_of_two_brands',
    `the brands '${one}' and '${another}' both have the inbox ${name ?? inboxId} of conversation ${id}`,
    {
      hint: 'Take it out of one of them with `gcsat configure brand set`.',
      conversationId: id,
      // Other closings can still be surveyed.
      scope: 'item',
    },
  );
}

function unknownInbox(conversationId: string, code: string, message: string): Failure {
  return new Failure('contract', code, message, {
    hint: 'Look at the conversation in Gladly: it may be one that must not be surveyed.',
    conversationId,
  });
}
