import { parseDomain, type Domain } from '../../config/domain.ts';
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
import type { ProfileKey } from '../../config/setting-keys.ts';
import { Failure } from '../../failure.ts';
import { openPrompts, type Prompts, type TextQuestion } from '../../terminal/prompts.ts';
import { checkSender } from '../../workflow/context/open-delivery.ts';
import type { CommandContext } from '../program/context.ts';

/** What a person, flags, the environment and the saved profile say together. */
export interface Answers {
  domain: Domain;
  email: string;
  token: string;
  values: Partial<Record<ProfileKey, string>>;
}

/** By a flag or the environment, for this call. */
export function isGiven({ origins }: ResolvedSettings, name: string): boolean {
  return origins[name] === 'flag' || origins[name] === 'environment';
}

/** Asks for what neither a flag nor the environment gives; the saved profile supplies suggestions. */
export async function askMissing(
  context: CommandContext,
  current: ResolvedSettings,
  given: Answers['values'],
): Promise<Answers> {
  const parse = (text: string): Domain => parseDomain(text, allowsHost(context.flags, context.env));
  const prompts = await openPrompts(context.signal);
  const domainText =
    isGiven(current, 'domain') && current.domain !== null
      ? current.domain.origin
      : await prompts.text({
          message: 'Domain of the organization (acme, acme.gladly.com or acme.gladly.qa)',
          initial: current.domain?.origin,
          problem: problemOf(parse),
        });
  const domain = readValue('usage', 'domain', parse, domainText);
  const email =
    isGiven(current, 'email') && current.email !== null
      ? current.email
      : await prompts.text({
          message: 'E-mail of the API user',
          initial: current.email ?? undefined,
          problem: problemOf(parseEmail),
        });
  // A saved token is for its own host only.
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
  { value: 'outbox', name: 'outbox: a folder of messages, for trying; nothing is sent' },
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
      // The sender of another delivery is not a good suggestion.
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

/** Hidden, since it holds a password. */
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
      if (error instanceof InvalidValue || error instanceof Failure) return `${error.message}. ${error.hint}`;
      throw error;
    }
  };
}
