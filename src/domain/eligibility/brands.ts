import { listed } from '../values/name-key.ts';

/** Which inboxes a brand has, by id or name. */
export interface BrandInboxes {
  readonly name: string;
  readonly inboxes: readonly string[];
}

/** The names of the brands that claim an inbox: at most one, unless one brand lists it by id and another by name. */
export function brandsOfInbox(
  brands: readonly BrandInboxes[],
  inbox: { id: string; name: string | null } | null,
): string[] {
  if (inbox === null) return [];
  return brands.filter(({ inboxes }) => listed(inboxes, [inbox.id, inbox.name])).map(({ name }) => name);
}
