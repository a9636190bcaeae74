import { InvalidValue, readValue } from '../../config/invalid-value.ts';
import { allowsHost } from '../../config/resolve-account.ts';
import type { Settings } from '../../config/settings.ts';
import { givenWebhookSecret, isWeak, webhookSecrets } from '../../config/webhook-credentials.ts';
import { isLoopbackUrl, parseWebhookUrl } from '../../config/webhook-url.ts';
import { Failure } from '../../failure.ts';
import { registerSecret } from '../../terminal/redact.ts';
import { installedView } from '../../terminal/webhook-view.ts';
import { installWebhook } from '../../workflow/webhooks/webhook-installation.ts';
import type { CommandContext } from '../program/context.ts';
import { expectedUrl, lastingSettings, serviceContextOf, warnOfOthers } from './registration.ts';

interface InstallOptions {
  url?: string | undefined;
  replace?: boolean | undefined;
  dryRun?: boolean | undefined;
}

export async function install(
  context: CommandContext,
  { url: givenUrl, replace = false, dryRun = false }: InstallOptions,
): Promise<void> {
  const { output, env } = context;
  const settings = await lastingSettings(context, 'install');
  const url = installUrl(context, settings, givenUrl);
  const given = await givenWebhookSecret(env);
  const credentials = {
    basic: given.basic === null ? [] : [given.basic],
    headers: given.header === null ? [] : [given.header],
  };
  webhookSecrets(credentials).forEach(registerSecret);
  if (isWeak(credentials)) {
    output.warn(
      'the webhook credentials of the environment have fewer than 16 characters, so they can be guessed',
    );
  }
  const progress = output.progress('installing the webhook');
  const installed = await installWebhook(settings, serviceContextOf(context), {
    url,
    given,
    replace,
    dryRun,
  }).finally(() => progress.stop());
  warnOfOthers(context, installed.others);
  output.result(installed, () => installedView(installed, output));
}

function installUrl({ flags, env }: CommandContext, settings: Settings, given: string | undefined): string {
  const text = given ?? expectedUrl(settings);
  if (text === null) {
    throw new Failure(
      'usage',
      'webhook_url_missing',
      'the address at which Gladly reaches `gcsat serve` is unknown',
      {
        hint: 'Add --url https://…, or run `gcsat configure set publicUrl=https://…`.',
      },
    );
  }
  const parse = (value: string): string => {
    const url = parseWebhookUrl(value, allowsHost(flags, env));
    if (isLoopbackUrl(url) && settings.hostKind !== 'loopback') {
      throw new InvalidValue(
        `Gladly cannot reach '${value}', which is this machine`,
        'Use its public https address.',
      );
    }
    return url;
  };
  return given === undefined
    ? readValue('configuration', 'publicUrl', parse, text)
    : readValue('usage', '--url', parse, text);
}
