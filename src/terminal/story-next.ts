import type { SurveyStory } from '../documents/surveys.ts';
import { asArgument } from '../domain/closing/doubt.ts';
import type { ReasonCode } from '../domain/closing/reason.ts';
import type { Output } from './output.ts';
import { wrap } from './table.ts';

type StoryFacts = Pick<
  SurveyStory,
  'conversationId' | 'state' | 'agent' | 'reasons' | 'evidence' | 'forgottenAt' | 'reopenedAt' | 'imported'
>;

/**
 * Hints at commands that ask Gladly for what the ledger cannot answer: it keeps no text of a response, and shows the
 * items of a timeline only as JSON. Empty if the customer was forgotten, if the conversation was reopened, if another
 * program asked, or if there is nothing to add.
 */
export function storyHints(
  { conversationId, state, agent, reasons, evidence, forgottenAt, reopenedAt, imported }: StoryFacts,
  { columns }: Pick<Output, 'columns'>,
): string[] {
  if (forgottenAt !== null || reopenedAt !== null || imported !== null) return [];
  // The command comes first, so that a narrow terminal does not break it.
  const command = `\`gcsat attribute ${asArgument(conversationId)}\``;
  const lines: string[] = [];
  if (agent !== null && state !== 'suppressed') {
    lines.push(`${command} shows what the agent wrote, and why they get the rating.`);
  } else if (reasons.some(({ code }) => ofTheTimeline.has(code))) {
    lines.push(`${command} shows each item of the conversation, and why it does not count.`);
  } else if (
    agent === null &&
    state === 'suppressed' &&
    (evidence?.timeline ?? null) === null &&
    !reasons.some(isCertain)
  ) {
    lines.push(`${command} also reads the timeline, and gives every reason.`);
  }
  return lines.map((text) => wrap(text, columns).join('\n'));
}

const ofTheTimeline: ReadonlySet<ReasonCode> = new Set([
  'no_agent_response',
  'agent_unknown',
  'agent_excluded',
  'no_customer_message',
  'timeline_truncated',
]);

/** A person or another survey decided the closing: the conversation has nothing to add. */
function isCertain({ code }: { code: ReasonCode }): boolean {
  return code === 'cancelled' || code === 'already_surveyed' || code === 'forgotten';
}
