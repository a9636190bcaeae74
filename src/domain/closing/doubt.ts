import type { ClosingError } from './closing.ts';

/** An id as an argument on a command line: an id that begins with a dash would be read as an option. */
export function asArgument(id: string): string {
  return id.startsWith('-') ? `-- ${id}` : id;
}

/** The command that records an uncertain message as sent, or has it sent again. */
export function settleCommand(how: '--was-sent' | '--not-sent', surveyId: string): string {
  return `gcsat surveys retry ${how} ${asArgument(surveyId)}`;
}

/**
 * What to do about a message that may have left. It never advises running anything again: anything that repeats the
 * message could ask the customer twice.
 */
export function doubtHint(surveyId: string): string {
  return (
    "Look for the message on the customer's timeline in Gladly, or in the log of the mail server. " +
    `If it is there, run \`${settleCommand('--was-sent', surveyId)}\`. ` +
    `Only if it is certainly not there, run \`${settleCommand('--not-sent', surveyId)}\`, which sends it again.`
  );
}

/** The same for several messages, whose ids a list shows. */
export const doubtsHint =
  '`gcsat surveys list --state uncertain` lists them, and `gcsat surveys show` says how to settle each one.';

/** The error of a message that may have left, with the only hint that fits. */
export function inDoubt({ code, message }: ClosingError, surveyId: string): ClosingError {
  return { code, message, hint: doubtHint(surveyId) };
}
