import { exitCodes } from '../../failure.ts';
import type { WebhookStatus } from '../../workflow/webhooks/webhook-registration.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const statusCommand: CommandDeclaration = {
  name: 'status',
  summary: 'whether it is enabled; exit 0 if it is, 3 if it is disabled, 5 if there is none',
  examples: ['gcsat webhook status', 'gcsat webhook status --json'],
  async run(context) {
    const { statusView } = await import('../../terminal/webhook-view.ts');
    const { webhookStatus } = await import('../../workflow/webhooks/webhook-registration.ts');
    const { expectedUrl, lastingSettings, surroundingsOf, warnOfOthers } = await import('./registration.ts');
    const { output } = context;
    const settings = await lastingSettings(context, 'status');
    const status = await webhookStatus(settings, surroundingsOf(context), expectedUrl(settings));
    for (const warning of warningsOf(status)) output.warn(warning);
    warnOfOthers(context, status.others);
    output.result(status, () => statusView(status, output));
    if (status.webhook === null) return exitCodes.not_found;
    return status.webhook.enabled ? 0 : exitCodes.configuration;
  },
};

function warningsOf({ webhook, credentialsKnown }: WebhookStatus): string[] {
  if (webhook === null) return [];
  const { enabled, deactivatedAt, hasCredentials, headerKeys, events } = webhook;
  const again = 'run `gcsat webhook install` again';
  const warnings: string[] = [];
  if (!enabled && deactivatedAt !== null) {
    warnings.push(
      `Gladly deactivated the webhook at ${deactivatedAt}, because it got no answer for more than an hour; ` +
        `start \`gcsat serve\`, then ${again}. gcsat finds the closings in between by itself`,
    );
  } else if (!enabled) warnings.push(`the webhook is disabled; start \`gcsat serve\`, then ${again}`);
  if (!events.includes('CONVERSATION/CLOSED')) {
    warnings.push(`the webhook does not receive closings; ${again}`);
  }
  if (!hasCredentials && headerKeys.length === 0) {
    warnings.push(`Gladly sends no credentials, so \`gcsat serve\` refuses its events; ${again}`);
  }
  if (!credentialsKnown) {
    warnings.push(`no credentials of the webhook are known here; ${again}, or set GCSAT_WEBHOOK_PASSWORD`);
  }
  return warnings;
}
