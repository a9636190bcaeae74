import type { BackfillDocument } from '../documents/backfill.ts';
import { dryRunOption, runLimitOptions, timezoneOption } from './program/common-options.ts';
import type { CommandContext } from './program/context.ts';
import type { CommandDeclaration } from './program/declaration.ts';

export const backfillCommand: CommandDeclaration = {
  name: 'backfill',
  group: 'Surveys',
  summary: 'replay every conversation that closed in a range',
  details:
    'Finds the closings of the range and works on them until all are done. It can be stopped and run again, even ' +
    'twice at the same time: each closing gets at most one survey. Failed closings are kept and tried again later. With --dry-run it says ' +
    'whether closings were missed, and sends nothing.',
  options: [
    {
      flags: '--since <time>',
      description: '2026-11-01, 2026-11-01T09:30, a time with offset, 7d, 36h, 90m, yesterday, today',
    },
    { flags: '--until <time>', description: 'the end, exclusive; a date means the end of that day (now)' },
    timezoneOption,
    {
      flags: '--source <name>',
      description: 'where to find closings (auto)',
      choices: ['auto', 'events', 'report', 'export', 'conversations'],
    },
    {
      flags: '--conversations <file>',
      description: 'instead of a range: conversation ids, one per line; - reads stdin',
    },
    ...runLimitOptions,
    { flags: '--yes', description: 'do not ask, however many surveys would be sent' },
    dryRunOption,
  ],
  examples: [
    'gcsat backfill --since 7d --dry-run',
    'gcsat backfill --since 2026-11-01 --until 2026-11-15 --max-sends 500',
    'gcsat backfill --conversations ids.txt --json',
  ],
  async run(context, { options }) {
    const { backfill } = await import('../workflow/runs/backfill.ts');
    const { backfillView, rangeText } = await import('../terminal/backfill-view.ts');
    const { checkTarget, targetOf } = await import('./backfill-target.ts');
    const { beginLongRun, checkFailures, showProgress, warnOfUncertain } =
      await import('./program/long-run.ts');
    const { announceQueue, announceRest } = await import('./program/queue-note.ts');
    const { output, interactive } = context;
    checkTarget(options, context);
    const { limits, dryRun } = await beginLongRun(context, options);
    await context.withServices('background', async (services) => {
      await announceQueue(output, services, dryRun);
      const target = await targetOf(context, services, options);
      const { policy } = services.settings;
      const asks = interactive && options['yes'] !== true && !dryRun && limits.maxSends === null;
      const progress = showProgress(context, asks ? policy.confirmSends : null);
      if ('range' in target)
        output.info(`closings from ${rangeText({ ...target.range, timezone: target.timezone })}`);
      const { document, failure } = await backfill(services, { target, limits, dryRun }, progress.listener)
        .finally(() => progress.end())
        .catch(async (error: unknown) => {
          // What was found before the failure is in the queue.
          if (!dryRun) await announceRest(output, services, true);
          throw error;
        });
      output.result(document, () => backfillView(document, output));
      warnOfUncertain(context, document);
      if (document.end !== 'declined' && !dryRun)
        await announceRest(output, services, document.end !== 'done');
      warnOfPending(context, document);
      if (failure !== null) throw failure;
      checkFailures(document, progress.unread());
    });
  },
};

/** Warns when the queue is empty and yet some closings have no verdict. */
function warnOfPending({ output }: CommandContext, { end, outcomes }: BackfillDocument): void {
  const { pending } = outcomes;
  if (end !== 'done' || pending === 0) return;
  const why =
    'Gladly may show a conversation as open right after its closing, or another process has it; ' +
    '`gcsat sync`, `gcsat serve` or the same backfill will finish them';
  output.warn(`${pending} ${pending === 1 ? 'closing is' : 'closings are'} not decided yet: ${why}`);
}
