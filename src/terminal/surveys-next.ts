import type { ReminderState } from '../domain/closing/reminder-state.ts';
import type { ClosingState } from '../domain/closing/transitions.ts';
import type { Output } from './output.ts';
import { wrap } from './table.ts';

/** What waits for a person, and the command that settles it, with ID in place of an id from the list. */
export function nextSteps(
  entries: readonly { state: ClosingState; reminderState: ReminderState | null }[],
  { columns }: Pick<Output, 'columns'>,
): string[] {
  const has = (state: ClosingState): boolean => entries.some((entry) => entry.state === state);
  const reminds = (state: ReminderState): boolean =>
    entries.some((entry) => entry.state === 'sent' && entry.reminderState === state);
  return [
    ...(has('uncertain') || reminds('uncertain')
      ? [
          'Uncertain: look for the message in Gladly. If it is there, type `gcsat surveys retry ID --was-sent`; ' +
            'if it is certainly not, `gcsat surveys retry ID --not-sent`.',
        ]
      : []),
    ...(has('failed') || reminds('failed')
      ? ['Failed: fix the cause shown, then type `gcsat surveys retry ID`.']
      : []),
  ].map((text) => wrap(text, columns).join('\n'));
}

/** The line after a list that was cut off; null if the list is complete. */
export function moreText(more: number): string | null {
  if (more <= 0) return null;
  return `${more} more ${more === 1 ? 'closing' : 'closings'}: use --limit to show more, or filters such as --since to narrow the list.`;
}
