import type { Settings } from '../../config/settings.ts';
import { webhookUrlOf } from '../../config/webhook-url.ts';
import { Failure } from '../../failure.ts';
import type { ServiceContext } from '../../workflow/context/services.ts';
import type { WebhookSummary } from '../../workflow/webhooks/known-webhooks.ts';
import { otherListeners } from '../../workflow/webhooks/webhook-troubles.ts';
import type { CommandContext } from '../program/context.ts';

/** @throws Failure kind usage for an embedded sandbox, whose webhooks end with the command */
export async function lastingSettings(context: CommandContext, command: string): Promise<Settings> {
  if (context.wantsSandbox()) {
    throw new Failure(
      'usage',
      'webhook_of_embedded_sandbox',
      `\`webhook ${command}\` makes no sense in an embedded sandbox, which ends with the command`,
      { hint: 'Start `gcsat sandbox` in another terminal, and set GCSAT_DOMAIN to its address.' },
    );
  }
  return context.settings();
}

export function serviceContextOf({ signal, clock, output }: CommandContext): ServiceContext {
  return { signal, clock, priority: 'interactive', debug: (text) => output.debug(text) };
}

/** The webhook's URL, next to the survey page; null while publicUrl is not set. */
export function expectedUrl({ publicUrl, origins, hostKind }: Settings): string | null {
  const isPlaceholder = origins['publicUrl'] === 'default' && hostKind !== 'loopback';
  return publicUrl === null || isPlaceholder ? null : webhookUrlOf(publicUrl);
}

export function warnOfOthers({ output }: CommandContext, others: readonly WebhookSummary[]): void {
  for (const sentence of otherListeners(others)) output.warn(sentence);
}
