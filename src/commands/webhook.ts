import { environmentSwitch } from '../config/environment.ts';
import { InvalidValue, readValue } from '../config/invalid-value.ts';
import type { Settings } from '../config/settings.ts';
import { givenWebhookSecret, isWeak } from '../config/webhook-credentials.ts';
import { isLoopbackUrl, parseWebhookUrl, webhookUrlOf } from '../config/webhook-url.ts';
import { exitCodes, Failure } from '../failure.ts';
import { installedView, statusView } from '../terminal/webhook-view.ts';
import type { Surroundings } from '../workflow/context/services.ts';
import type { WebhookSummary } from '../workflow/webhooks/known-webhooks.ts';
import { installWebhook } from '../workflow/webhooks/webhook-installation.ts';
import {
  removeWebhook,
  webhookStatus,
  type WebhookStatus,
} from '../workflow/webhooks/webhook-registration.ts';
import { registerWebhookSecrets, type CommandContext } from './context.ts';

export interface WebhookInstallOptions {
  url?: string | undefined;
  replace?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/** `gcsat webhook install`: Gladly sends closings and reopenings from now on; repeating it changes the credentials. */
export async function runWebhookInstall(
  context: CommandContext,
  options: WebhookInstallOptions,
): Promise<void> {
  const { output, env } = context;
  const settings = await lastingSettings(context, 'install');
  const url = installUrl(context, settings, options.url);
  const given = await givenWebhookSecret(env);
  const basic = given.basic === null ? [] : [given.basic];
  const headers = given.header === null ? [] : [given.header];
  registerWebhookSecrets({ basic, headers });
  if (isWeak({ basic, headers })) {
    output.warn(
      'the webhook credentials of the environment have fewer than 16 characters, so they can be guessed',
    );
  }
  const progress = output.progress('installing the webhook');
  const installed = await installWebhook(settings, surroundingsOf(context), {
    url,
    given,
    replace: options.replace === true,
    dryRun: options.dryRun === true,
  }).finally(() => progress.stop());
  warnOfOthers(context, installed.others);
  output.result(installed, () => installedView(installed, output));
}

/** `gcsat webhook status`: exit 0 when it is enabled, 3 when it is there and switched off, 5 when there is none. */
export async function runWebhookStatus(context: CommandContext): Promise<number> {
  const { output } = context;
  const settings = await lastingSettings(context, 'status');
  const status = await webhookStatus(settings, surroundingsOf(context), expectedUrl(settings));
  for (const warning of warningsOf(status)) output.warn(warning);
  warnOfOthers(context, status.others);
  output.result(status, () => statusView(status, output));
  if (status.webhook === null) return exitCodes.not_found;
  return status.webhook.enabled ? 0 : exitCodes.configuration;
}

export interface WebhookRemoveOptions {
  yes?: boolean | undefined;
  dryRun?: boolean | undefined;
}

/** `gcsat webhook remove` */
export async function runWebhookRemove(
  context: CommandContext,
  options: WebhookRemoveOptions,
): Promise<void> {
  const { output } = context;
  const settings = await lastingSettings(context, 'remove');
  const dryRun = options.dryRun === true;
  if (!dryRun && options.yes !== true && !(await confirmed(context, settings))) {
    output.result({ profile: settings.profile, removed: false }, () => 'Nothing was removed.');
    return;
  }
  const removed = await removeWebhook(settings, surroundingsOf(context), {
    url: expectedUrl(settings),
    dryRun,
  });
  output.result(removed, () => {
    if (removed.id === null) return 'Gladly has no webhook of gcsat.';
    return `Webhook ${removed.id} ${dryRun ? 'would be' : 'is'} removed.`;
  });
}

/** An embedded sandbox is gone with the command, and its webhooks with it. */
async function lastingSettings(context: CommandContext, command: string): Promise<Settings> {
  if (context.flags.sandbox === true || environmentSwitch(context.env, 'GCSAT_SANDBOX')) {
    throw new Failure(
      'usage',
      'webhook_of_embedded_sandbox',
      `\`webhook ${command}\` makes no sense in an embedded sandbox, which ends with the command`,
      { hint: 'start `gcsat sandbox` in another terminal, and point GCSAT_DOMAIN to it' },
    );
  }
  return context.settings();
}

function surroundingsOf({ signal, clock, output }: CommandContext): Surroundings {
  return { signal, clock, priority: 'interactive', debug: (text) => output.debug(text) };
}

function installUrl(context: CommandContext, settings: Settings, given: string | undefined): string {
  const text = given ?? expectedUrl(settings);
  if (text === null) {
    throw new Failure('usage', 'webhook_url_missing', 'it is not known where Gladly reaches `gcsat serve`', {
      hint: 'add --url https://…, or run `gcsat configure set publicUrl=https://…`',
    });
  }
  const source = given === undefined ? 'publicUrl' : '--url';
  const allowHost = context.flags.allowHost ?? environmentSwitch(context.env, 'GCSAT_ALLOW_HOST');
  return readValue(
    given === undefined ? 'configuration' : 'usage',
    source,
    (value) => {
      const url = parseWebhookUrl(value, allowHost);
      if (isLoopbackUrl(url) && settings.hostKind !== 'loopback') {
        throw new InvalidValue(
          `Gladly cannot reach '${value}', which is this machine`,
          'use its public https address',
        );
      }
      return url;
    },
    text,
  );
}

/** Below the survey page, unless nobody has said where that is. */
function expectedUrl({ publicUrl, origins, hostKind }: Settings): string | null {
  const isPlaceholder = origins['publicUrl'] === 'default' && hostKind !== 'loopback';
  return publicUrl === null || isPlaceholder ? null : webhookUrlOf(publicUrl);
}

function warningsOf({ webhook, credentialsKnown }: WebhookStatus): string[] {
  if (webhook === null) return [];
  const { enabled, deactivatedAt, hasCredentials, headerKeys, events } = webhook;
  const again = 'run `gcsat webhook install` again';
  const warnings: string[] = [];
  if (!enabled && deactivatedAt !== null) {
    warnings.push(
      `Gladly deactivated the webhook at ${deactivatedAt}, because it was not answered for more than an hour; ` +
        `start \`gcsat serve\`, then ${again}. The closings in between are found by themselves`,
    );
  } else if (!enabled) warnings.push(`the webhook is disabled; start \`gcsat serve\`, then ${again}`);
  if (!events.includes('CONVERSATION/CLOSED')) warnings.push(`the webhook is not told of closings; ${again}`);
  if (!hasCredentials && headerKeys.length === 0) {
    warnings.push(`Gladly sends no credentials, so that \`gcsat serve\` refuses its events; ${again}`);
  }
  if (!credentialsKnown) {
    warnings.push(`no credentials of the webhook are known here; ${again}, or set GCSAT_WEBHOOK_PASSWORD`);
  }
  return warnings;
}

/** The vendor's own flow may ask the same customers. */
function warnOfOthers({ output }: CommandContext, others: readonly WebhookSummary[]): void {
  for (const { id, name, url } of others.filter(({ enabled }) => enabled)) {
    output.warn(
      `webhook ${name ?? id} at ${url} is told of closings too; if it asks customers, they are asked twice`,
    );
  }
}

async function confirmed(context: CommandContext, { profile, origin }: Settings): Promise<boolean> {
  if (!context.interactive) {
    throw new Failure(
      'usage',
      'confirmation_needed',
      `removing the webhook of ${origin} has to be confirmed`,
      {
        hint: 'add --yes',
      },
    );
  }
  const { openPrompts } = await import('../terminal/prompts.ts');
  const prompts = await openPrompts(context.signal);
  return prompts.confirm(`Remove the webhook of profile ${profile} from ${origin}?`);
}
