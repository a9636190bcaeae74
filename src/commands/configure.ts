import { parseDomain, type Domain } from '../config/domain.ts';
import { environmentSwitch, withoutAccount } from '../config/environment.ts';
import { InvalidValue, readValue } from '../config/invalid-value.ts';
import { complete } from '../config/load-settings.ts';
import {
  parseDelivery,
  parseEmail,
  parseFrom,
  parsePublicUrl,
  parseSmtpUrl,
  parseToken,
  type ProfileKey,
} from '../config/profile-values.ts';
import { changeProfile, configFile, readProfiles, type StoredProfile } from '../config/profiles.ts';
import { resolveSettings, type ResolvedSettings } from '../config/resolve.ts';
import type { Settings } from '../config/settings.ts';
import { hasOptOutTopic } from '../domain/eligibility/topics.ts';
import { Failure } from '../failure.ts';
import type { Prompts, TextQuestion } from '../terminal/prompts.ts';
import { clean } from '../terminal/text.ts';
import { checkConnection, checkDelivery } from '../workflow/checks/check-connection.ts';
import { checkSender } from '../workflow/context/open-delivery.ts';
import { keepSecret, type CommandContext } from './context.ts';
import { refuseSandbox } from './refuse-sandbox.ts';

export interface ConfigureOptions {
  from?: string | undefined;
  publicUrl?: string | undefined;
}

/** What a person, flags, the environment and the saved profile say together. */
interface Answers {
  domain: Domain;
  email: string;
  token: string;
  values: Partial<Record<ProfileKey, string>>;
}

/** `gcsat configure`: asks, checks against Gladly, saves. Nothing is saved that Gladly did not accept. */
export async function runConfigure(context: CommandContext, options: ConfigureOptions): Promise<void> {
  const { flags, env, output, signal } = context;
  refuseSandbox(context);
  const current = await resolveSettings({ flags, env });
  const given = givenValues(current, options);
  const answers = context.interactive
    ? await askMissing(context, current, given)
    : requireGiven(current, given);

  const known = (await readProfiles(current.configDir)).get(current.profile);
  const draft = draftOf(answers, known);
  const resolved = await resolveSettings({
    flags: { profile: current.profile, timeout: flags.timeout, rateShare: flags.rateShare },
    env: withoutAccount(env),
    draft,
  });
  const settings = keepSecret(complete(resolved));

  await checkDelivery(settings, { signal }).catch(unlessIncomplete);
  const progress = output.progress(`checking ${settings.origin}`);
  const { organization, topicNames } = await checkConnection(settings, { signal }).finally(() =>
    progress.stop(),
  );
  // What another process saved meanwhile is kept.
  await changeProfile(settings.configDir, settings.profile, (saved) => draftOf(answers, saved));

  const warnings = warningsFor(settings, topicNames);
  for (const warning of warnings) output.warn(warning);
  const file = configFile(settings.configDir);
  const { profile, origin, email, delivery } = settings;
  output.result(
    { profile, domain: origin, email, delivery, organization, file, warnings },
    () =>
      `${output.paint.green('✔')} ${clean(organization.name ?? 'The organisation')} (${origin}) is connected as profile ` +
      `${output.paint.bold(profile)}; saved in ${file}`,
  );
}

/** What is missing can be given later, and is warned of. */
function unlessIncomplete(error: unknown): void {
  if (error instanceof Failure && error.code === 'delivery_incomplete') return;
  throw error;
}

/** The values beside the credentials that stand in flags or the environment, to be saved. */
function givenValues(current: ResolvedSettings, options: ConfigureOptions): Answers['values'] {
  const values: Answers['values'] = {};
  if (isGiven(current, 'delivery')) values.delivery = current.delivery;
  if (isGiven(current, 'from') && current.from !== null) values.from = current.from;
  if (isGiven(current, 'publicUrl') && current.publicUrl !== null) values.publicUrl = current.publicUrl;
  if (isGiven(current, 'smtpUrl') && current.smtpUrl !== null) values.smtpUrl = current.smtpUrl;
  if (options.from !== undefined) values.from = readValue('usage', '--from', parseFrom, options.from);
  if (options.publicUrl !== undefined) {
    values.publicUrl = readValue('usage', '--public-url', parsePublicUrl, options.publicUrl);
  }
  return values;
}

/** By a flag or the environment, for this call. */
function isGiven({ origins }: ResolvedSettings, name: string): boolean {
  return origins[name] === 'flag' || origins[name] === 'environment';
}

function requireGiven(current: ResolvedSettings, values: Answers['values']): Answers {
  const { domain, email, token } = current;
  if (domain !== null && email !== null && token !== null) {
    return { domain, email, token, values };
  }
  const missing = [
    ...(domain === null ? ['--domain'] : []),
    ...(email === null ? ['--email'] : []),
    ...(token === null ? ['--token-stdin'] : []),
  ];
  throw new Failure('usage', 'missing_options', `missing: ${missing.join(', ')}`, {
    hint: 'give them, or GCSAT_DOMAIN, GCSAT_EMAIL and GCSAT_TOKEN; in a terminal `gcsat configure` asks for them',
  });
}

/** Asks for what neither a flag nor the environment says; the saved profile gives the suggestions. */
async function askMissing(
  context: CommandContext,
  current: ResolvedSettings,
  given: Answers['values'],
): Promise<Answers> {
  const { openPrompts } = await import('../terminal/prompts.ts');
  const prompts = await openPrompts(context.signal);
  const domainText =
    isGiven(current, 'domain') && current.domain !== null
      ? current.domain.origin
      : await prompts.text({
          message: 'Domain of the organisation (acme, acme.gladly.com or acme.gladly.qa)',
          initial: current.domain?.origin,
          problem: problemOf((text) => parseDomain(text, allowsHost(context))),
        });
  const domain = readValue('usage', 'domain', (text) => parseDomain(text, allowsHost(context)), domainText);
  const email =
    isGiven(current, 'email') && current.email !== null
      ? current.email
      : await prompts.text({
          message: 'E-mail of the API user',
          initial: current.email ?? undefined,
          problem: problemOf(parseEmail),
        });
  // A saved token is kept for its own host only.
  const saved = current.domain?.origin === domain.origin ? current.token : null;
  const token =
    isGiven(current, 'token') && current.token !== null ? current.token : await askToken(prompts, saved);
  const values = { ...given, ...(await askDelivery(prompts, current, given)) };
  return { domain, email: email.trim(), token, values };
}

async function askToken(prompts: Prompts, saved: string | null): Promise<string> {
  const typed = await prompts.secret({
    message: saved === null ? 'API token' : 'API token (Enter keeps the saved one)',
    problem: (text) => (text === '' && saved !== null ? null : problemOf(parseToken)(text)),
  });
  return typed === '' && saved !== null ? saved : typed.trim();
}

const offeredDeliveries = [
  { value: 'outbox', name: 'outbox: a folder of messages, for trying; nothing leaves the house' },
  { value: 'gladly-email', name: 'gladly-email: Gladly sends the mail' },
  { value: 'gladly-sms', name: 'gladly-sms: Gladly sends an SMS' },
  { value: 'smtp', name: 'smtp: your own mail server sends the mail' },
] as const;

async function askDelivery(
  prompts: Prompts,
  current: ResolvedSettings,
  given: Answers['values'],
): Promise<Answers['values']> {
  const initial = offeredDeliveries.find(({ value }) => value === current.delivery)?.value ?? 'outbox';
  const delivery =
    given.delivery ??
    (await prompts.choice('How should surveys reach customers?', offeredDeliveries, initial));
  if (delivery === 'outbox') return { delivery };
  const senderProblem = problemOf((text) => checkSender(parseDelivery(delivery), parseFrom(text)));
  const ask = async (key: 'from' | 'publicUrl', question: TextQuestion): Promise<string> =>
    given[key] ?? (await prompts.text(question)).trim();
  return {
    delivery,
    ...(delivery === 'smtp'
      ? { smtpUrl: given.smtpUrl ?? (await askSmtpUrl(prompts, current.smtpUrl)) }
      : {}),
    from: await ask('from', {
      message: delivery === 'gladly-sms' ? 'Number that sends the surveys' : 'Sender of the surveys',
      // One that was for another delivery is no suggestion.
      initial: current.from !== null && senderProblem(current.from) === null ? current.from : undefined,
      problem: senderProblem,
    }),
    publicUrl: await ask('publicUrl', {
      message: 'Where customers reach the survey page (e.g. https://csat.acme.com)',
      initial: current.publicUrl ?? undefined,
      problem: problemOf(parsePublicUrl),
    }),
  };
}

/** It holds a password, so it is not shown. */
async function askSmtpUrl(prompts: Prompts, saved: string | null): Promise<string> {
  const typed = await prompts.secret({
    message: `Mail server, as smtp://user:password@host:587${saved === null ? '' : ' (Enter keeps the saved one)'}`,
    problem: (text) => (text === '' && saved !== null ? null : problemOf(parseSmtpUrl)(text)),
  });
  return typed === '' && saved !== null ? saved : typed.trim();
}

function problemOf(parse: (text: string) => unknown): (text: string) => string | null {
  return (text) => {
    try {
      parse(text);
      return null;
    } catch (error) {
      if (error instanceof InvalidValue || error instanceof Failure) return `${error.message}: ${error.hint}`;
      throw error;
    }
  };
}

function allowsHost({ flags, env }: CommandContext): boolean {
  return flags.allowHost ?? environmentSwitch(env, 'GCSAT_ALLOW_HOST');
}

function draftOf({ domain, email, token, values }: Answers, known: StoredProfile | undefined): StoredProfile {
  return {
    domain: domain.origin,
    // It was allowed by hand, else it would have been refused.
    ...(domain.hostKind === 'other' ? { allowHost: true } : {}),
    email,
    token,
    // It is a webhook of the organisation that it was made for.
    ...(known?.webhook !== undefined && known.domain === domain.origin ? { webhook: known.webhook } : {}),
    values: { ...known?.values, ...values },
    policy: known?.policy ?? {},
  };
}

function warningsFor(
  { policy, delivery, from, publicUrl, smtpUrl }: Settings,
  topicNames: string[],
): string[] {
  const warnings: string[] = [];
  if (policy.optOutTopics.length > 0 && !hasOptOutTopic(topicNames, policy.optOutTopics)) {
    warnings.push(
      `no topic is named ${policy.optOutTopics.join(' or ')}, so agents can not keep a conversation from being ` +
        'surveyed (make the topic in Gladly, or run `gcsat configure set optOutTopics=…`)',
    );
  }
  if (delivery !== 'outbox' && from === null) {
    warnings.push(`delivery ${delivery} still needs a sender (run \`gcsat configure set from=…\`)`);
  }
  if (delivery !== 'outbox' && publicUrl === null) {
    warnings.push(
      `delivery ${delivery} still needs the address of the survey page (run \`gcsat configure set publicUrl=…\`)`,
    );
  }
  if (delivery === 'smtp' && smtpUrl === null) {
    warnings.push(
      'delivery smtp still needs the mail server (run `gcsat configure set smtpUrl=-`, or set GCSAT_SMTP_URL)',
    );
  }
  return warnings;
}
