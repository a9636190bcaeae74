import { readValue } from '../../config/invalid-value.ts';
import { allowsHost } from '../../config/resolve-account.ts';
import { resolveSettings } from '../../config/resolve.ts';
import type { ResolvedSettings } from '../../config/resolved-settings.ts';
import { isLoopbackUrl, parseWebhookUrl } from '../../config/webhook-url.ts';
import { exitCodes, Failure } from '../../failure.ts';
import { registerSecret } from '../../terminal/redact.ts';
import { plannedView, sentView } from '../../terminal/webhook-view.ts';
import { planSampleEvent, sendSampleEvent, type SampleKind } from '../../workflow/webhooks/webhook-sample.ts';
import { storedWebhook } from '../../workflow/webhooks/webhook-secrets.ts';
import type { CommandContext } from '../program/context.ts';
import { wholeNumber } from '../program/whole-number.ts';

interface SampleOptions {
  url: string;
  event?: SampleKind | undefined;
  conversation?: string | undefined;
  customer?: string | undefined;
  repeat?: string | undefined;
  dryRun?: boolean | undefined;
}

const mostRepeats = 1000;

/** @returns the exit code */
export async function sendSample(context: CommandContext, options: SampleOptions): Promise<number> {
  const { output, env, flags, signal, clock } = context;
  const { conversation, customer, repeat } = options;
  const kind = options.event ?? (conversation === undefined ? 'ping' : 'closed');
  const allowHost = allowsHost(flags, env);
  const url = readValue('usage', '--url', (text) => parseWebhookUrl(text, allowHost), options.url);
  const times = repeat === undefined ? 1 : wholeNumber('--repeat', repeat, { least: 1, most: mostRepeats });
  // This works without a configured organization.
  const resolved = await resolveSettings({ flags, env, onSecret: registerSecret });
  if (!allowHost && !isLoopbackUrl(url)) await requireKnownHost(url, resolved);
  if (['closed', 'reopened'].includes(kind) && conversation === undefined) {
    output.warn('the event refers to a conversation that does not exist; use --conversation for a real one');
  }
  const sample = {
    url,
    kind,
    conversationId: conversation ?? null,
    customerId: customer ?? null,
    times,
    credentials: await resolved.webhookCredentials(),
  };
  if (options.dryRun === true) {
    const planned = planSampleEvent(sample, { clock });
    output.result(planned, () => plannedView(planned));
    return 0;
  }
  const sent = await sendSampleEvent(sample, { clock, signal });
  if (sent.hint !== null) output.warn(sent.hint);
  output.result(sent, () => sentView(sent, output));
  return { accepted: 0, refused: exitCodes.contract, unreachable: exitCodes.temporary }[sent.verdict];
}

/**
 * The request carries the webhook's credentials, so it goes only to the host of the webhook or the survey page: a
 * typo must not leak them.
 *
 * @throws Failure `webhook_host_unknown`
 */
async function requireKnownHost(
  url: string,
  { configDir, profile, domain, publicUrl }: ResolvedSettings,
): Promise<void> {
  const { webhook } =
    domain === null ? { webhook: null } : await storedWebhook({ configDir, profile, origin: domain.origin });
  const known = [webhook?.url ?? null, publicUrl].filter((place) => place !== null);
  const { origin, host } = new URL(url);
  if (known.some((place) => URL.canParse(place) && new URL(place).origin === origin)) return;
  throw new Failure(
    'usage',
    'webhook_host_unknown',
    `--url: the credentials of the webhook would go to ${host}, which hosts neither the webhook nor the survey page`,
    { hint: 'Check the spelling. If they may go there, add --allow-host (GCSAT_ALLOW_HOST=1).' },
  );
}
