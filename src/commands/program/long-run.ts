import { doubtsHint } from '../../domain/closing/doubt.ts';
import type { BackfillDocument } from '../../documents/backfill.ts';
import { Failure } from '../../failure.ts';
import { explainedText } from '../../terminal/backfill-view.ts';
import { openPrompts } from '../../terminal/prompts.ts';
import type { Progress } from '../../terminal/progress.ts';
import type { BackfillListener } from '../../workflow/runs/backfill.ts';
import type { QueueLimits } from '../../workflow/queue/work-queue.ts';
import type { CommandContext } from './context.ts';
import { warnOfPlaceholderLinks } from './link-warning.ts';
import { runLimits, type RunLimitOptions } from './run-limits.ts';

/**
 * Reads the options that all long runs share, and loads the settings.
 *
 * @throws Failure kind usage or configuration
 */
export async function beginLongRun(
  context: CommandContext,
  options: RunLimitOptions & { dryRun?: boolean | undefined },
): Promise<{ limits: QueueLimits; dryRun: boolean }> {
  const { dryRun = false } = options;
  const limits = runLimits(options, context.clock());
  await context.settings({ keepsSigningKey: !dryRun });
  await warnOfPlaceholderLinks(context);
  return { limits, dryRun };
}

/** What the user sees of a long run. */
export interface LongRun {
  readonly listener: BackfillListener;
  /** How many named conversations could not be read. */
  unread(): number;
  end(): void;
}

/** @param askAbove asks for confirmation if more surveys than this may be sent; null: never asks. */
export function showProgress({ output, clock, signal }: CommandContext, askAbove: number | null): LongRun {
  let progress: Progress = output.progress('looking for closings');
  let total = 0;
  let unread = 0;
  let began = clock();
  let range: BackfillDocument['range'] = null;
  return {
    listener: {
      explain(sentences, about) {
        range = about;
        for (const sentence of sentences) output.info(explainedText(sentence, range));
      },
      warn: (sentence) => output.warn(explainedText(sentence, range)),
      found: (seen) => progress.update(`looking for closings, ${seen} reported`),
      asks: askAbove !== null,
      async ready(due) {
        total = due;
        began = clock();
        if (askAbove === null || due <= askAbove) return true;
        progress.stop();
        const prompts = await openPrompts(signal);
        const agreed = await prompts.confirm(`Up to ${due} surveys would be sent. Continue?`);
        progress = output.progress('working');
        began = clock();
        return agreed;
      },
      unread: (count) => (unread = count),
      finished: (done) => progress.update(progressText(done, total, clock() - began)),
    },
    unread: () => unread,
    end: () => progress.stop(),
  };
}

function progressText(done: number, total: number, elapsedMs: number): string {
  const rate = done / Math.max(elapsedMs / 1000, 0.001);
  const pace = `${rate.toFixed(1)} closings/s`;
  if (done >= total) return `${done} closings done, ${pace}`;
  const left = remaining((total - done) / rate);
  return `${progressBar(done / total)} ${done} of ${total} closings, ${pace}, ${left} left`;
}

const barWidth = 20;

function progressBar(share: number): string {
  const full = Math.round(share * barWidth);
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

function remaining(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Only a person can settle messages that may or may not have left. */
export function warnOfUncertain({ output }: CommandContext, { outcomes }: BackfillDocument): void {
  if (outcomes.uncertain === 0) return;
  output.warn(
    `${outcomes.uncertain} messages may or may not have left, and gcsat does not resend them automatically ` +
      `(${doubtsHint})`,
  );
}

/**
 * Reports failed closings, which the ledger keeps, through the exit code.
 *
 * @param unread how many named conversations could not be read: the failures list them, but they are not closings
 * @throws Failure kind partial
 */
export function checkFailures(document: BackfillDocument, unread = 0): void {
  const { outcomes, thisRun, failures, closings, dryRun } = document;
  const failed = outcomes.failed + unread;
  // The failures also list unsent messages, whose closings stay scheduled.
  const waiting = failures.length - failed;
  // The queue also has closings outside this range, which are not listed.
  const others = Math.max(thisRun.failed - failures.length, 0);
  if (failed + waiting + others === 0) return;
  const total = `of ${closings + unread} closings`;
  const parts = [
    ...(failed > 0 ? [`${failed} ${total} failed`] : []),
    ...(waiting > 0 ? [`${waiting} ${total} could not be sent yet`] : []),
    ...(others > 0 ? [`${others} other closings in the queue failed`] : []),
  ];
  const states = [
    ...(outcomes.failed + others > 0 ? ['failed'] : []),
    ...(waiting + others > 0 ? ['scheduled'] : []),
  ];
  const later = failures.filter(({ retryAt }) => retryAt !== null).length;
  const advice = nextTry(later + others, failures.length - unread - later);
  const listed = `${advice} \`gcsat surveys list --state ${states.join(',')}\` lists those in the ledger.`;
  throw new Failure('partial', 'closings_failed', parts.join(', '), {
    hint: dryRun
      ? 'A dry run records nothing, and the run itself may fail in the same way.'
      : states.length === 0
        ? 'Fix the cause given for each, then run the command with them again.'
        : listed,
  });
}

/** Who tries the failed closings again: a later run, or a person who has fixed the cause. */
function nextTry(byRuns: number, byHand: number): string {
  if (byHand === 0) return 'A later run will retry them.';
  const hand = 'fix the cause, then use `gcsat surveys retry`';
  return byRuns === 0
    ? `They will not be retried automatically: ${hand}.`
    : `A later run will retry ${byRuns} of them; for the other ${byHand}, ${hand}.`;
}
