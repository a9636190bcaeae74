import type { BackfillDocument } from '../documents/backfill.ts';
import { Failure } from '../failure.ts';
import { openPrompts } from '../terminal/prompts.ts';
import type { Progress } from '../terminal/progress.ts';
import type { BackfillListener } from '../workflow/runs/backfill.ts';
import type { CommandContext } from './context.ts';

/** Tells a person how far a long run is. */
export interface LongRun {
  listener: BackfillListener;
  /** How many named conversations could not be read. */
  unread(): number;
  end(): void;
}

interface Asking {
  /** Ask before more than this many may be sent; null: never ask. */
  above: number | null;
}

export function longRun(context: CommandContext, { above }: Asking): LongRun {
  const { output, clock } = context;
  let progress: Progress = output.progress('looking for closings');
  let total = 0;
  let unread = 0;
  let began = clock();
  return {
    listener: {
      explain: (sentences) => sentences.forEach((sentence) => output.info(sentence)),
      warn: (sentence) => output.warn(sentence),
      found: (seen) => progress.update(`looking for closings, ${seen} found`),
      asks: above !== null,
      async ready(due) {
        total = due;
        began = clock();
        if (above === null || due <= above) return true;
        progress.stop();
        const prompts = await openPrompts(context.signal);
        const agreed = await prompts.confirm(`Up to ${due} surveys would be sent. Go on?`);
        progress = output.progress('working');
        began = clock();
        return agreed;
      },
      unread: (count) => (unread = count),
      settled: (done) => progress.update(progressText(done, total, clock() - began)),
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

/** Messages that may have left are for a person to settle. */
export function warnOfUncertain({ output }: CommandContext, { outcomes }: BackfillDocument): void {
  if (outcomes.uncertain === 0) return;
  output.warn(
    `${outcomes.uncertain} messages may or may not have left and are not repeated by themselves; ` +
      '`gcsat surveys list --state uncertain` lists them, `gcsat surveys retry` settles them',
  );
}

/**
 * Closings that failed are kept, and told by the exit code.
 *
 * @param unread how many named conversations could not be read: they are among the failures, and no closings
 * @throws Failure kind partial
 */
export function checkFailures(document: BackfillDocument, unread = 0): void {
  const { outcomes, thisRun, failures, closings, dryRun } = document;
  const failed = outcomes.failed + unread;
  // A message that could not leave is told among the failures, and its closing stays scheduled.
  const waiting = failures.length - failed;
  // The queue has closings that are none of this range; what became of those is not listed.
  const others = Math.max(thisRun.failed - failures.length, 0);
  if (failed + waiting + others === 0) return;
  const total = `of ${closings + unread} closings`;
  const parts = [
    ...(failed > 0 ? [`${failed} ${total} failed`] : []),
    ...(waiting > 0 ? [`${waiting} ${total} could not be sent yet`] : []),
    ...(others > 0 ? [`${others} other closings of the queue failed`] : []),
  ];
  const states = [
    ...(outcomes.failed + others > 0 ? ['failed'] : []),
    ...(waiting + others > 0 ? ['scheduled'] : []),
  ];
  const later = failures.filter(({ retryAt }) => retryAt !== null).length;
  const advice = nextTry(later + others, failures.length - unread - later);
  const listed = `${advice}; \`gcsat surveys list --state ${states.join(',')}\` shows those of the ledger`;
  throw new Failure('partial', 'closings_failed', parts.join(', '), {
    hint: dryRun
      ? 'a dry run records nothing; the run itself may meet the same'
      : states.length === 0
        ? 'look at what is said of each, then name them again'
        : listed,
  });
}

/** Who tries the failed ones again: a later run, or a person who has mended something. */
function nextTry(byRuns: number, byHand: number): string {
  if (byHand === 0) return 'a later run tries them again';
  const hand = 'mend what is said, then `gcsat surveys retry`';
  return byRuns === 0
    ? `no run tries them again by itself: ${hand}`
    : `a later run tries ${byRuns} of them again; for the other ${byHand}, ${hand}`;
}
