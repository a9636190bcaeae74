import { environmentSwitch } from '../config/environment.ts';
import { readValue } from '../config/invalid-value.ts';
import { resolveSettings, type ResolvedSettings } from '../config/resolve.ts';
import { isLoopbackUrl, parseWebhookUrl } from '../config/webhook-url.ts';
import { webhookPath } from '../domain/values/webhook-path.ts';
import { exitCodes, Failure } from '../failure.ts';
import { registerSecret } from '../terminal/redact.ts';
import { plannedView, sentView } from '../terminal/webhook-view.ts';
import { planSampleEvent, sendSampleEvent, type SampleKind } from '../workflow/webhooks/webhook-sample.ts';
import { storedWebhook } from '../workflow/webhooks/webhook-secrets.ts';
import { registerWebhookSecrets, type CommandContext } from './context.ts';

export interface WebhookSendOptions {
  url?: string | undefined;
  event?: SampleKind | undefined;
  conversation?: string | undefined;
  customer?: string | undefined;
  repeat?: string | undefined;
  dryRun?: boolean | undefined;
}

const localServer = `http://127.0.0.1:8080${webhookPath}`;
const mostRepeats = 1000;

/** `gcsat webhook send`: exit 0 when it was accepted, 7 when it may be later, 9 when it was refused. */
export async function runWebhookSend(context: CommandContext, options: WebhookSendOptions): Promise<number> {
  const { output, env, flags, signal, clock } = context;
  const allowHost = flags.allowHost ?? environmentSwitch(env, 'GCSAT_ALLOW_HOST');
  const url = readValue(
    'usage',
    '--url',
    (text) => parseWebhookUrl(text, allowHost),
    options.url ?? localServer,
  );
  const times = repeats(options.repeat);
  const kind = options.event ?? (options.conversation === undefined ? 'ping' : 'closed');
  // The organisation plays no part in it, so that none has to be configured.
  const resolved = await resolveSettings({ flags, env });
  if (!allowHost && !isLoopbackUrl(url)) await requireKnownHost(url, resolved);
  registerSecret(resolved.token);
  const credentials = await resolved.webhookCredentials();
  registerWebhookSecrets(credentials);
  if (['closed', 'reopened'].includes(kind) && options.conversation === undefined) {
    output.warn('the event names a conversation that does not exist; name a real one with --conversation');
  }
  const sample = {
    url,
    kind,
    conversationId: options.conversation ?? null,
    customerId: options.customer ?? null,
    times,
    credentials,
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
 * The event shows the credentials of the webhook. They go where Gladly sends them and where the survey page is, so that
 * no typo gives them away.
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
    `--url: the credentials of the webhook would go to ${host}, where neither the webhook nor the survey page is`,
    { hint: 'check the spelling, or add --allow-host (GCSAT_ALLOW_HOST=1) if they may go there' },
  );
}

function repeats(given: string | undefined): number {
  if (given === undefined) return 1;
  const times = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (times >= 1 && times <= mostRepeats) return times;
  throw new Failure('usage', 'bad_value', `--repeat: '${given}' is no number of times`, {
    hint: `use 1 to ${mostRepeats}`,
  });
}
