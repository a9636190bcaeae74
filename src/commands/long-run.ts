import type { BackfillDocument } from '../domain/backfill-document.ts';
import { Failure } from '../failure.ts';
import { openPrompts } from '../terminal/prompts.ts';
import type { Progress } from '../terminal/progress.ts';
import type { BackfillListener } from '../workflow/backfill.ts';
import type { CommandContext } from './context.ts';

/** Tells a person how far a long run is. */
export interface LongRun {
  listener: BackfillListener;
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
  let began = clock();
  return {
    listener: {
      explain: (sentences) => sentences.forEach((sentence) => output.info(sentence)),
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
      settled: (done) => progress.update(progressText(done, total, clock() - began)),
    },
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
 * @throws Failure kind partial
 */
export function checkFailures({ outcomes, thisRun, failures, closings }: BackfillDocument): void {
  // What could not be read at all is no closing of the ledger.
  const unread = failures.length - outcomes.failed;
  const failed = Math.max(failures.length, thisRun.failed);
  if (failed === 0) return;
  throw new Failure(
    'partial',
    'closings_failed',
    `${failed} of ${Math.max(closings + unread, failed)} closings failed`,
    {
      hint: 'a later run tries them again; `gcsat surveys list --state failed` shows those of the ledger',
    },
  );
}
