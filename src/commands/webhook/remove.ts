import { dryRunOption, yesOption } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';
import { confirmed } from '../program/confirmation.ts';

export const removeCommand: CommandDeclaration = {
  name: 'remove',
  summary: 'delete the webhook from Gladly, and forget its credentials',
  options: [yesOption, dryRunOption],
  examples: ['gcsat webhook remove --yes'],
  async run(context, { options }) {
    const { removeWebhook } = await import('../../workflow/webhooks/webhook-registration.ts');
    const { expectedUrl, lastingSettings, serviceContextOf } = await import('./registration.ts');
    const { output } = context;
    const settings = await lastingSettings(context, 'remove');
    const { profile, origin } = settings;
    const dryRun = options['dryRun'] === true;
    const question = `Remove the webhook of profile ${profile} from ${origin}?`;
    const asks = !dryRun && options['yes'] !== true;
    if (asks && !(await confirmed(context, `removing the webhook of ${origin}`, question))) {
      output.result({ profile, removed: false }, () => 'Nothing was removed.');
      return;
    }
    const url = expectedUrl(settings);
    const removed = await removeWebhook(settings, serviceContextOf(context), { url, dryRun });
    output.result(removed, () => {
      if (removed.id === null) return 'Gladly has no webhook of gcsat.';
      return `Webhook ${removed.id} ${dryRun ? 'would be' : 'was'} removed.`;
    });
  },
};
