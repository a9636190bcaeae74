import { dryRunOption } from './program/common-options.ts';
import type { CommandDeclaration } from './program/declaration.ts';

export const resumeCommand: CommandDeclaration = {
  name: 'resume',
  group: 'Surveys',
  summary: 'end a pause, so that messages leave again',
  details: 'A server notices within a second. Without one, `gcsat sync` sends what was waiting.',
  options: [dryRunOption],
  examples: ['gcsat resume'],
  async run({ output, clock, now, withLedger }, { options }) {
    const { queueText } = await import('../terminal/pause-view.ts');
    const { laneOf } = await import('./program/ledger-zone.ts');
    const { queuedNow, resumeAll, sendingPauseNow } = await import('../workflow/operator/sending.ts');
    const dryRun = options['dryRun'] === true;
    await withLedger({ writes: !dryRun, warnsOfPause: false }, async ({ ledger, delivery }) => {
      const ended = dryRun ? await sendingPauseNow(ledger, now()) : await resumeAll({ ledger, clock });
      const queued = await queuedNow({ ledger, lane: laneOf(delivery), clock });
      const document = { paused: false, wasPaused: ended !== null, queued: queued.all, delivery, dryRun };
      output.result(document, () =>
        [
          ended === null ? 'Sending was not paused.' : dryRun ? 'Sending would resume.' : 'Sending resumes.',
          `${queueText(queued, delivery, dryRun ? 'they would leave' : 'they leave')}.`,
        ].join('\n'),
      );
    });
  },
};
