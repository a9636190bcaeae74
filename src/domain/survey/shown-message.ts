import { readTimeline } from '../attribution/timeline.ts';
import { objectOf } from '../values/json.ts';

/**
 * The item of a timeline that shows a survey's message: an email, an SMS, or the like that contains the survey's link.
 * The link has a token that nobody can guess, so whatever quotes it proves that the message arrived. Null if there is
 * none, which proves nothing: Gladly keeps messages of its communications API outside of conversations.
 *
 * @param entries what `GET /conversations/{id}/items` returned
 * @param surveyUrl the survey's page; its last segment is the token
 */
export function itemShowing(
  entries: readonly unknown[],
  surveyUrl: string,
): { itemId: string | null } | null {
  const token = surveyUrl.slice(surveyUrl.lastIndexOf('/') + 1);
  const items = readTimeline(entries);
  const at = items.findIndex(
    ({ kind, deliveryFailed }, index) =>
      kind === 'message' &&
      !deliveryFailed &&
      JSON.stringify(objectOf(entries[index])['content'] ?? null).includes(token),
  );
  return at === -1 ? null : { itemId: items[at]?.id ?? null };
}
