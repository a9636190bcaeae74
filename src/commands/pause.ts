import { Failure } from '../failure.ts';
import { timezoneOption, dryRunOption } from './program/common-options.ts';
import type { CommandDeclaration } from './program/declaration.ts';

interface PauseOptions {
  until?: string | undefined;
  timezone?: string | undefined;
  reason?: string | undefined;
  dryRun?: boolean | undefined;
}

export const pauseCommand: CommandDeclaration = {
  name: 'pause',
  group: 'Surveys',
  summary: 'stop all sending on this ledger at once',
  details:
    'From then on, no process that works on this ledger sends a message. Everything else continues: closings are ' +
    'decided and stay scheduled, answers are taken, and cards are posted. It needs no token and no network.',
  options: [
    {
      flags: '--until <time>',
      description:
        'when sending resumes by itself: 2h, 2026-11-01T09:30, a date (its end); else `gcsat resume`',
    },
    timezoneOption,
    { flags: '--reason <text>', description: 'shown by every command until then' },
    dryRunOption,
  ],
  examples: ['gcsat pause --reason "wrong template"', 'gcsat pause --until 2h'],
  async run({ output, clock, now, signal, withLedger }, { options }) {
    const { until, timezone, reason, dryRun = false }: PauseOptions = options;
    const { pauseText, queueText } = await import('../terminal/pause-view.ts');
    const { laneOf, zoneOf } = await import('./program/ledger-zone.ts');
    const { pauseAll, queuedNow } = await import('../workflow/operator/sending.ts');
    const { parsePauseEnd } = await import('./program/time-range.ts');
    if (reason?.trim() === '') {
      throw new Failure('usage', 'bad_usage', '--reason is empty', { hint: 'Leave it out, or say why.' });
    }
    await withLedger({ writes: !dryRun, warnsOfPause: false }, async ({ ledger, delivery }) => {
      const zone = timezone ?? (until === undefined ? 'UTC' : await zoneOf(ledger, [until], output));
      const end = until === undefined ? null : parsePauseEnd(until, clock(), zone);
      const pause = { pausedAt: now(), until: end, reason: reason ?? null };
      const progress = output.progress('pausing');
      const leaving = dryRun
        ? 0
        : await pauseAll({ ledger, clock }, pause, signal, (count) =>
            progress.update(
              `paused; waiting for ${count} ${count === 1 ? 'message' : 'messages'} already leaving`,
            ),
          ).finally(() => progress.stop());
      const queued = await queuedNow({ ledger, lane: laneOf(delivery), clock });
      const document = { paused: !dryRun, ...pause, leaving, queued: queued.all, delivery, dryRun };
      output.result(document, () =>
        [
          `${dryRun ? 'A dry run: ' : ''}${pauseText(pause)}.`,
          `${queueText(queued, delivery, dryRun ? 'they would leave' : 'they leave')} afterwards.`,
        ].join('\n'),
      );
      if (leaving > 0) output.warn(`${leaving} messages are still leaving`);
    });
  },
};
