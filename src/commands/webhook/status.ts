import { exitCodes } from '../../failure.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const statusCommand: CommandDeclaration = {
  name: 'status',
  summary: 'show whether the webhook is enabled; exit 0 if enabled, 3 if disabled, 5 if there is none',
  examples: ['gcsat webhook status', 'gcsat webhook status --json'],
  async run(context) {
    const { statusView } = await import('../../terminal/webhook-view.ts');
    const { webhookStatus } = await import('../../workflow/webhooks/webhook-registration.ts');
    const { eventTroubles, registrationTrouble } =
      await import('../../workflow/webhooks/webhook-troubles.ts');
    const { expectedUrl, lastingSettings, serviceContextOf, warnOfOthers } =
      await import('./registration.ts');
    const { output } = context;
    const settings = await lastingSettings(context, 'status');
    const status = await webhookStatus(settings, serviceContextOf(context), expectedUrl(settings));
    const troubles = [registrationTrouble(status) ?? [], eventTroubles(status)].flat();
    for (const { what, next } of troubles) output.warn(`${what}; ${next}`);
    warnOfOthers(context, status.others);
    output.result(status, () => statusView(status, output));
    if (status.webhook === null) return exitCodes.not_found;
    return status.webhook.enabled ? 0 : exitCodes.configuration;
  },
};
