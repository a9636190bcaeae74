import { configFile } from '../../config/config-file.ts';
import { withoutAccount } from '../../config/environment.ts';
import { readValue } from '../../config/invalid-value.ts';
import { complete } from '../../config/load-settings.ts';
import { parseFrom, parsePublicUrl } from '../../config/profile-values.ts';
import { changeProfile, readProfiles, type StoredProfile } from '../../config/profiles.ts';
import { resolveSettings } from '../../config/resolve.ts';
import type { ResolvedSettings } from '../../config/resolved-settings.ts';
import type { ProfileKey } from '../../config/setting-keys.ts';
import type { MedalliaSettings, Settings } from '../../config/settings.ts';
import { traitsOf } from '../../domain/delivery.ts';
import { hasOptOutTopic } from '../../domain/eligibility/topics.ts';
import { Failure } from '../../failure.ts';
import { registerSecret } from '../../terminal/redact.ts';
import { clean } from '../../terminal/text.ts';
import { checkConnection, checkDelivery } from '../../workflow/checks/check-connection.ts';
import { checkMailServer } from '../../workflow/checks/check-value.ts';
import type { CommandContext } from '../program/context.ts';
import { refuseSandbox } from '../program/refuse-sandbox.ts';
import { askMissing, isGiven, type Answers } from './questions.ts';

interface ConnectOptions {
  from?: string | undefined;
  publicUrl?: string | undefined;
}

/** Asks for the answers, checks them against Gladly, and saves only what Gladly accepted. */
export async function connect(context: CommandContext, options: ConnectOptions): Promise<void> {
  const { flags, env, output, signal } = context;
  refuseSandbox(context);
  const current = await resolveSettings({ flags, env, onSecret: registerSecret });
  const given = givenValues(current, options);
  const answers = context.interactive
    ? await askMissing(context, current, given)
    : requireGiven(current, given);

  const known = (await readProfiles(current.configDir)).get(current.profile);
  const resolved = await resolveSettings({
    flags: { profile: current.profile, timeout: flags.timeout, rateShare: flags.rateShare },
    env: withoutAccount(env),
    draft: draftOf(answers, known),
    onSecret: registerSecret,
  });
  const settings = complete(resolved);

  await checkDelivery(settings, { signal }).catch(unlessIncomplete);
  const progress = output.progress(`checking ${settings.origin}`);
  const { organization, topicNames } = await (
    answers.connection === null ? checkConnection(settings, { signal }) : Promise.resolve(answers.connection)
  ).finally(() => progress.stop());
  // Keeps what another process saved meanwhile.
  await changeProfile(settings.configDir, settings.profile, (saved) => draftOf(answers, saved));

  const warnings = [
    ...warningsFor(settings, topicNames),
    ...(await mailServerWarnings(context, settings, answers)),
  ];
  for (const warning of warnings) output.warn(warning);
  const file = configFile(settings.configDir);
  const { profile, origin, email, delivery } = settings;
  const next = nextCommand(settings);
  output.result({ profile, domain: origin, email, delivery, organization, file, warnings, next }, () =>
    [
      `${output.paint.green('✔')} ${clean(organization.name ?? 'The organization')} (${origin}) is connected as profile ` +
        `${output.paint.bold(profile)}; saved in ${file}`,
      `Next: ${output.paint.bold(next)}`,
    ].join('\n'),
  );
}

/** The command that shows who would be surveyed, or else what is still missing. */
function nextCommand(settings: Settings): string {
  const { delivery, from, publicUrl, smtpUrl, profile } = settings;
  const isComplete =
    traitsOf(delivery).sender !== 'required' ||
    (from !== null &&
      publicUrl !== null &&
      (traitsOf(delivery).carrier !== 'mail_server' || smtpUrl !== null));
  const command = isComplete ? 'gcsat backfill --since 1d --dry-run' : 'gcsat configure test';
  return profile === 'default' ? command : `${command} --profile ${profile}`;
}

/** The user can add what is missing later; a warning says so. */
function unlessIncomplete(error: unknown): void {
  if (error instanceof Failure && error.code === 'delivery_incomplete') return;
  throw error;
}

/** The values besides the account that come from flags or the environment; they will be saved. */
function givenValues(current: ResolvedSettings, options: ConnectOptions): Answers['values'] {
  const values: Answers['values'] = {};
  if (isGiven(current, 'delivery')) values.delivery = current.delivery;
  for (const [key, value] of Object.entries(givenMedallia(current.medallia)) as [
    ProfileKey,
    string | null,
  ][]) {
    if (isGiven(current, key) && value !== null) values[key] = value;
  }
  for (const key of ['from', 'publicUrl', 'smtpUrl'] as const) {
    const value = current[key];
    if (isGiven(current, key) && value !== null) values[key] = value;
  }
  if (options.from !== undefined) values.from = readValue('usage', '--from', parseFrom, options.from);
  if (options.publicUrl !== undefined) {
    values.publicUrl = readValue('usage', '--public-url', parsePublicUrl, options.publicUrl);
  }
  return values;
}

/** The settings of Agent Connect that the environment may give. */
function givenMedallia({
  apiKey,
  apiSecret,
  origin,
}: MedalliaSettings): Partial<Record<ProfileKey, string | null>> {
  return { medalliaApiKey: apiKey, medalliaApiSecret: apiSecret, medalliaUrl: origin };
}

function requireGiven(current: ResolvedSettings, values: Answers['values']): Answers {
  const { domain, email, token } = current;
  if (domain !== null && email !== null && token !== null) {
    return { domain, email, token, values, connection: null };
  }
  const missing = [
    ...(domain === null ? ['--domain'] : []),
    ...(email === null ? ['--email'] : []),
    ...(token === null ? ['--token-stdin'] : []),
  ];
  throw new Failure('usage', 'missing_options', `missing: ${missing.join(', ')}`, {
    hint: 'Give them, or set GCSAT_DOMAIN, GCSAT_EMAIL, and GCSAT_TOKEN. On a terminal, `gcsat configure` asks for them.',
  });
}

function draftOf({ domain, email, token, values }: Answers, known: StoredProfile | undefined): StoredProfile {
  return {
    domain: domain.origin,
    // Without the user's permission, another host would have been refused.
    ...(domain.hostKind === 'other' ? { allowHost: true } : {}),
    email,
    token,
    // The webhook belongs to the organization that it was made for.
    ...(known?.webhook !== undefined && known.domain === domain.origin ? { webhook: known.webhook } : {}),
    values: { ...known?.values, ...values },
    policy: known?.policy ?? {},
    ...(known?.brands === undefined ? {} : { brands: known.brands }),
  };
}

/** Checks the mail server only if nobody saw the result of that check at the prompt. */
async function mailServerWarnings(
  { output, signal }: CommandContext,
  { delivery, smtpUrl }: Settings,
  { connection }: Answers,
): Promise<string[]> {
  if (traitsOf(delivery).carrier !== 'mail_server' || smtpUrl === null || connection !== null) return [];
  const progress = output.progress('connecting to the mail server');
  try {
    await checkMailServer(smtpUrl, signal);
    return [];
  } catch (error) {
    if (!(error instanceof Failure) || signal.aborted) throw error;
    return [`${error.message} (${error.hint})`];
  } finally {
    progress.stop();
  }
}

function warningsFor(
  { policy, delivery, from, publicUrl, smtpUrl }: Settings,
  topicNames: string[],
): string[] {
  const warnings: string[] = [];
  if (policy.optOutTopics.length > 0 && !hasOptOutTopic(topicNames, policy.optOutTopics)) {
    warnings.push(
      `no topic is named ${policy.optOutTopics.join(' or ')}, so agents cannot keep a conversation from being ` +
        'surveyed (create the topic in Gladly, or run `gcsat configure set optOutTopics=…`)',
    );
  }
  if (traitsOf(delivery).sender !== 'required') return warnings;
  if (from === null) {
    warnings.push(`delivery ${delivery} still needs a sender (run \`gcsat configure set from=…\`)`);
  }
  if (publicUrl === null) {
    warnings.push(
      `delivery ${delivery} still needs the address of the survey page (run \`gcsat configure set publicUrl=…\`)`,
    );
  }
  if (traitsOf(delivery).carrier === 'mail_server' && smtpUrl === null) {
    warnings.push(
      'delivery smtp still needs the mail server (run `gcsat configure set smtpUrl=-`, or set GCSAT_SMTP_URL)',
    );
  }
  return warnings;
}
