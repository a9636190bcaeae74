import { settingsFor } from '../../config/brand-settings.ts';
import type { Settings } from '../../config/settings.ts';
import { brandsOfInbox } from '../../domain/eligibility/brands.ts';
import type { ClosingChange } from '../../domain/closing/closing.ts';
import type { ConversationRead } from './read-conversation.ts';

/** A closing's brand and the company name that customers see; both null if no brand has its inbox. */
export type TakenBrand = Required<Pick<ClosingChange, 'brand' | 'companyName'>>;

/** Null if several brands claim the inbox: `checkInbox` refuses to survey anyone then. */
export function brandOf(
  settings: Settings,
  {
    conversation,
    inboxes,
    organization,
  }: Pick<ConversationRead, 'conversation' | 'inboxes' | 'organization'>,
): TakenBrand {
  const { inboxId } = conversation;
  const inbox = inboxId === null ? null : { id: inboxId, name: inboxes.get(inboxId)?.name ?? null };
  const [name, ...others] = brandsOfInbox(settings.brands, inbox);
  if (name === undefined || others.length > 0) return { brand: null, companyName: null };
  const companyName = settingsFor(settings, name)?.policy.companyName ?? organization.name;
  return { brand: name, companyName };
}

/** The settings of a brand that came from these same settings. */
export function settingsNow(settings: Settings, brand: string | null): Settings {
  const found = settingsFor(settings, brand);
  if (found === null) throw new Error('a closing was decided for a brand that the settings do not have');
  return found;
}
