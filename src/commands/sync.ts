import { Failure } from '../failure.ts';
import { dryRunOption, runLimitOptions } from './program/common-options.ts';
import type { CommandDeclaration } from './program/declaration.ts';

export const syncCommand: CommandDeclaration = {
  name: 'sync',
  group: 'Surveys',
  summary: 'one cron tick: new closings, due surveys, answers without a card',
  details:
    'Works on conversations closed since the last tick and on whatever is due. The first tick only sets the ' +
    'starting point: earlier closings are surveyed only by backfill or replay.',
  options: [...runLimitOptions, dryRunOption],
  examples: ['gcsat sync', 'gcsat sync --json --max-duration 4m >> sync.log'],
  async run(context, { options }) {
    const { sync } = await import('../workflow/runs/sync.ts');
    const { syncView } = await import('../terminal/backfill-view.ts');
    const { beginLongRun, checkFailures, showProgress, warnOfUncertain } =
      await import('./program/long-run.ts');
    const { announceQueue, announceRest } = await import('./program/queue-note.ts');
    const { timeZoneFor } = await import('./program/time-range.ts');
    const { output } = context;
    const { limits, dryRun } = await beginLongRun(context, options);
    await context.withServices('background', async (services) => {
      await announceQueue(output, services, dryRun);
      const timezone = await timeZoneFor(null, services, output);
      const progress = showProgress(context, null);
      const { document, failure } = await sync(services, { limits, dryRun, timezone }, progress.listener)
        .finally(() => progress.end())
        .catch(async (error: unknown) => {
          // What was found before the failure is in the queue.
          if (!dryRun) await announceRest(output, services, true);
          throw error;
        });
      output.record(document, () => syncView(document, output));
      warnOfUncertain(context, document);
      const { reminders } = document;
      if (reminders.uncertain > 0 && !dryRun) {
        const many = reminders.uncertain > 1;
        output.warn(
          `${reminders.uncertain} ${many ? 'reminders' : 'reminder'} may or may not have left, and ` +
            `${many ? 'are' : 'is'} not sent again (see \`gcsat surveys list --reminder uncertain\`)`,
        );
      }
      if (!dryRun) await announceRest(output, services, document.end !== 'done');
      if (failure !== null) throw failure;
      checkFailures(document);
      const { failed } = document.cards;
      if (failed > 0) {
        throw new Failure('partial', 'cards_failed', `${failed} answers have no card yet`, {
          hint: 'The next tick will retry them. -v shows why they failed.',
        });
      }
      if (document.alerts.failed > 0) {
        throw new Failure('partial', 'alerts_failed', `${document.alerts.failed} alerts were not sent`, {
          hint: '`gcsat doctor alerts` says why. The next tick will retry them.',
        });
      }
      if (reminders.failed === 0) return;
      throw new Failure('partial', 'reminders_failed', `${reminders.failed} reminders were not sent`, {
        hint: 'A later tick retries temporary failures. `gcsat surveys list --reminder failed` lists the others.',
      });
    });
  },
};
