import { Failure } from '../../failure.ts';
import {
  eventTroubles,
  otherListeners,
  registrationTrouble,
  type WebhookTrouble,
} from '../webhooks/webhook-troubles.ts';
import { ok, skipped, type Check } from './check.ts';
import type { CheckSources } from './check-sources.ts';

type Sources = Pick<CheckSources, 'webhook'>;

const install = 'gcsat webhook install';

export const webhookRegisteredCheck: Check<Sources & Pick<CheckSources, 'configuration'>> = {
  id: 'webhook.registered',
  about: 'Gladly sends closings to this installation',
  matters: 'Without the webhook a closing is found minutes later, by `gcsat serve` or `gcsat sync`.',
  needs: ['config.files', 'gladly.token'],
  isRemote: true,
  async run({ webhook, configuration }) {
    const status = await webhook();
    if (status.webhook === null) {
      if (configuration.webhookUrl === null) {
        return skipped('none is registered, and `gcsat sync` alone needs none');
      }
      return {
        status: 'warning',
        code: 'webhook_missing',
        summary: `Gladly has no webhook for ${configuration.webhookUrl}`,
        detail: 'If only `gcsat sync` runs here, none is needed.',
        fix: install,
      };
    }
    const trouble = registrationTrouble(status);
    if (trouble === null) return ok(`on, at ${status.webhook.url}`);
    throw failureOf(trouble);
  },
};

export const webhookEventsCheck: Check<Sources> = {
  id: 'webhook.events',
  about: 'the webhook gets closings, with credentials that are accepted here',
  matters: 'Closings whose events are missing or refused are found only minutes later.',
  needs: ['webhook.registered'],
  isRemote: true,
  async run({ webhook }) {
    const status = await webhook();
    if (status.webhook === null) return skipped('there is no webhook');
    const [trouble] = eventTroubles(status);
    if (trouble === undefined) return ok(status.webhook.events.join(', '));
    throw failureOf(trouble);
  },
};

export const webhookOthersCheck: Check<Sources> = {
  id: 'webhook.others',
  about: 'no other webhook gets closings',
  matters: 'Customers would get two surveys.',
  needs: ['config.files', 'gladly.token'],
  isRemote: true,
  async run({ webhook }) {
    const others = otherListeners((await webhook()).others);
    if (others.length === 0) return ok('none');
    return {
      status: 'warning',
      code: 'webhook_of_others_listens',
      summary: others.join('; '),
      fix: 'Switch it off in the settings of Gladly if it sends surveys.',
    };
  },
};

export const webhookCredentialsCheck: Check<Pick<CheckSources, 'settings'>> = {
  id: 'webhook.credentials',
  about: 'how many credentials of webhooks are accepted here',
  matters: '`gcsat serve` refuses every event without them.',
  needs: ['config.files'],
  async run({ settings }) {
    const { basic, headers } = await settings().webhookCredentials();
    const count = basic.length + headers.length;
    return ok(count === 0 ? 'none, which only `gcsat serve` needs' : `${count} accepted`);
  },
};

function failureOf({ code, what, next }: WebhookTrouble): Failure {
  return new Failure('configuration', code, what, {
    hint: `${next.charAt(0).toUpperCase()}${next.slice(1)}.`,
  });
}
