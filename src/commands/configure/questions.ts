import { parseDomain, type Domain } from '../../config/domain.ts';
import { defaultDelivery, traitsOf } from '../../domain/delivery.ts';
import { InvalidValue, readValue } from '../../config/invalid-value.ts';
import {
  parseDelivery,
  parseEmail,
  parseFrom,
  parsePublicUrl,
  parseSmtpUrl,
  parseToken,
} from '../../config/profile-values.ts';
import { allowsHost } from '../../config/resolve-account.ts';
import type { ResolvedSettings } from '../../config/resolved-settings.ts';
import { basicSecrets, urlSecrets } from '../../config/secrets.ts';
import type { ProfileKey } from '../../config/setting-keys.ts';
import { Failure } from '../../failure.ts';
import { registerSecret } from '../../terminal/redact.ts';
import { openPrompts, type Prompts, type TextQuestion } from '../../terminal/prompts.ts';
import { checkConnection, type Connection } from '../../workflow/checks/check-connection.ts';
import { checkDomain } from '../../workflow/checks/check-domain.ts';
import { checkMailServer, checkValue } from '../../workflow/checks/check-value.ts';
import { checkSender } from '../../workflow/context/open-delivery.ts';
import type { CommandContext } from '../program/context.ts';
import { askMedallia } from './medallia-questions.ts';

/** The combined answers of the user, flags, the environment, and the saved profile. */
export interface Answers {
  domain: Domain;
  email: string;
  token: string;
  values: Partial<Record<ProfileKey, string>>;
  /** What Gladly returned for them, if it was already asked. */
  connection: Connection | null;
}

/** Whether a flag or the environment gives it for this call. */
export function isGiven({ origins }: ResolvedSettings, name: string): boolean {
  return origins[name] === 'flag' || origins[name] === 'environment';
}

/**
 * Asks for what neither a flag nor the environment gives; the saved profile supplies suggestions. Every answer is
 * checked at once, and only a wrong answer is asked for again.
 */
export async function askMissing(
  context: CommandContext,
  current: ResolvedSettings,
  given: Answers['values'],
): Promise<Answers> {
  const prompts = await openPrompts(context.signal);
  const domain = await askDomain(context, prompts, current);
  const account = await askAccount(context, prompts, current, domain);
  const values = { ...given, ...(await askDelivery(context, prompts, current, given)) };
  return { domain, ...account, values };
}

async function askDomain(
  { flags, env, signal }: CommandContext,
  prompts: Prompts,
  current: ResolvedSettings,
): Promise<Domain> {
  if (isGiven(current, 'domain') && current.domain !== null) return current.domain;
  const parse = (text: string): Domain => parseDomain(text, allowsHost(flags, env));
  const text = await prompts.text({
    message: 'Domain of the organization (acme, acme.gladly.com or acme.gladly.qa)',
    initial: current.domain?.origin,
    problem: problemOf((answer) => checkDomain(parse(answer).origin, signal)),
  });
  return readValue('usage', 'domain', parse, text);
}

async function askAccount(
  { output, signal }: CommandContext,
  prompts: Prompts,
  current: ResolvedSettings,
  domain: Domain,
): Promise<Pick<Answers, 'email' | 'token' | 'connection'>> {
  const fixed = {
    email: isGiven(current, 'email') ? current.email : null,
    token: isGiven(current, 'token') ? current.token : null,
  };
  let suggested = current.email;
  // A saved token is only for the host it was saved with.
  let saved = current.domain?.origin === domain.origin ? current.token : null;
  let isRefused = false;
  for (;;) {
    const email = fixed.email ?? (await askEmail(prompts, suggested));
    const token = fixed.token ?? (await askToken(prompts, saved, isRefused));
    basicSecrets(email, token).forEach(registerSecret);
    const { timeoutMs, ratePercent } = current;
    const progress = output.progress(`checking ${domain.origin}`);
    try {
      const account = { origin: domain.origin, email, token, timeoutMs, ratePercent };
      return { email, token, connection: await checkConnection(account, { signal }) };
    } catch (error) {
      const isFinal = fixed.email !== null && fixed.token !== null;
      if (!(error instanceof Failure) || signal.aborted || isFinal) throw error;
      progress.stop();
      output.warn(`${error.message} (${error.hint})`);
      suggested = email;
      isRefused = error.kind === 'credentials';
      saved = isRefused ? null : token;
    } finally {
      progress.stop();
    }
  }
}

async function askEmail(prompts: Prompts, suggested: string | null): Promise<string> {
  const typed = await prompts.text({
    message: 'Email of the API user',
    initial: suggested ?? undefined,
    problem: problemOf(parseEmail),
  });
  return typed.trim();
}

async function askToken(prompts: Prompts, saved: string | null, isRefused: boolean): Promise<string> {
  const about =
    saved !== null ? ' (Enter keeps the saved one)' : isRefused ? ' (the last one was refused)' : '';
  const typed = await prompts.secret({
    message: `API token${about}`,
    problem: (text) => (text === '' && saved !== null ? null : problemOf(parseToken)(text)),
  });
  return typed === '' && saved !== null ? saved : typed.trim();
}

const offeredDeliveries = [
  { value: 'outbox', name: 'outbox: a folder of messages, to try things out; nothing is sent' },
  { value: 'gladly-email', name: 'gladly-email: Gladly sends the mail' },
  { value: 'gladly-sms', name: 'gladly-sms: Gladly sends an SMS' },
  { value: 'medallia', name: 'medallia: Medallia Agent Connect sends its survey' },
  { value: 'smtp', name: 'smtp: your own mail server sends the mail' },
] as const;

async function askDelivery(
  context: CommandContext,
  prompts: Prompts,
  current: ResolvedSettings,
  given: Answers['values'],
): Promise<Answers['values']> {
  const initial = offeredDeliveries.find(({ value }) => value === current.delivery)?.value ?? defaultDelivery;
  const delivery =
    given.delivery ??
    (await prompts.choice('How should surveys reach customers?', offeredDeliveries, initial));
  const { carrier, addressKind } = traitsOf(parseDelivery(delivery));
  if (carrier === 'disk') return { delivery };
  if (carrier === 'agent_connect') return { delivery, ...(await askMedallia(prompts, current, given)) };
  const senderProblem = problemOf((text) => checkSender(parseDelivery(delivery), parseFrom(text)));
  // A sender for another delivery is not a good suggestion.
  const { from } = current;
  const suggestedFrom = from !== null && (await senderProblem(from)) === null ? from : undefined;
  const ask = async (key: 'from' | 'publicUrl', question: TextQuestion): Promise<string> =>
    given[key] ?? (await prompts.text(question)).trim();
  return {
    delivery,
    ...(carrier === 'mail_server'
      ? { smtpUrl: given.smtpUrl ?? (await askSmtpUrl(context, prompts, current)) }
      : {}),
    from: await ask('from', {
      message: addressKind === 'mobile' ? 'Number that sends the surveys' : 'Sender of the surveys',
      initial: suggestedFrom,
      problem: senderProblem,
    }),
    publicUrl: await ask('publicUrl', {
      message: 'Where customers reach the survey page (e.g. https://csat.acme.com)',
      initial: current.publicUrl ?? undefined,
      problem: problemOf(parsePublicUrl),
    }),
  };
}

/** Hidden input, since the URL holds a password. A server that cannot be reached from here may still be right. */
async function askSmtpUrl(
  { output, signal }: CommandContext,
  prompts: Prompts,
  { smtpUrl }: ResolvedSettings,
): Promise<string> {
  let known = smtpUrl;
  let tried: string | null = null;
  for (;;) {
    const kept = known;
    const typed = await prompts.secret({
      message: `Mail server, as smtp://user:password@host:587${kept === null ? '' : ` (Enter keeps the ${tried === null ? 'saved' : 'same'} one)`}`,
      problem: (text) => (text === '' && kept !== null ? null : problemOf(checkSmtpUrl)(text)),
    });
    const url = typed === '' && kept !== null ? kept : typed.trim();
    if (url === tried) return url;
    urlSecrets(url).forEach(registerSecret);
    const progress = output.progress('connecting to the mail server');
    try {
      await checkMailServer(url, signal);
      return url;
    } catch (error) {
      if (!(error instanceof Failure) || signal.aborted) throw error;
      progress.stop();
      output.warn(`${error.message} (${error.hint})`);
      known = tried = url;
    } finally {
      progress.stop();
    }
  }
}

async function checkSmtpUrl(text: string): Promise<void> {
  await checkValue('smtpUrl', parseSmtpUrl(text));
}

function problemOf(check: (text: string) => unknown): (text: string) => Promise<string | null> {
  return async (text) => {
    try {
      await check(text);
      return null;
    } catch (error) {
      if (error instanceof InvalidValue || error instanceof Failure) return `${error.message}. ${error.hint}`;
      throw error;
    }
  };
}
