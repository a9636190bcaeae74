import {
  defaultPolicy,
  suppressions,
  type Policy,
  type QuietHours,
  type Suppression,
} from '../domain/eligibility/policy.ts';
import { isChannelName } from '../domain/attribution/timeline.ts';
import { alertFormat, alertRating, mailAddress, onOrOff, rating } from './alert-codecs.ts';
import { duration, list, number, offOr, type Codec } from './codecs.ts';
import { ownQuestion, ratingReasons } from './form-codecs.ts';
import { InvalidValue } from './invalid-value.ts';
import { policyKeys, type PolicyKey } from './setting-keys.ts';

const channels: Codec<readonly string[]> = {
  parse(text) {
    const names = list.parse(text);
    const unknown = names.find((name) => !isChannelName(name));
    if (unknown === undefined) return names;
    throw new InvalidValue(
      `there is no channel '${unknown}'`,
      'Use chat, email, sms, voice, fbMessenger, instagramDirect, whatsapp, twitter or custom.',
    );
  },
  format: (names) => list.format(names),
};

const quietHours: Codec<QuietHours | null> = {
  parse(text) {
    if (text.trim().toLowerCase() === 'off') return null;
    const match = /^([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim());
    const [from, until] = [minutes(match?.[1], match?.[2]), minutes(match?.[3], match?.[4])];
    if (match === null || from === until) {
      throw new InvalidValue(`'${text}' is not a quiet-hours range`, 'Use e.g. 21:00-08:00, or off.');
    }
    return { from, until };
  },
  format: (hours) => (hours === null ? 'off' : `${clockTime(hours.from)}-${clockTime(hours.until)}`),
};

const minutes = (hours = '0', rest = '0'): number => Number(hours) * 60 + Number(rest);
const clockTime = (at: number): string =>
  [Math.floor(at / 60), at % 60].map((part) => String(part).padStart(2, '0')).join(':');

const language: Codec<string> = {
  parse(text) {
    const tag = text.trim();
    try {
      const [canonical] = Intl.getCanonicalLocales(tag);
      if (canonical !== undefined) return canonical;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    throw new InvalidValue(`'${text}' is not a language tag`, 'Use e.g. en, es, fr, de or pt-BR.');
  },
  format: (tag) => tag,
};

const companyName: Codec<string | null> = {
  parse(text) {
    const name = text.trim();
    if (/\p{Cc}/u.test(name))
      throw new InvalidValue('the name contains a control character', 'Use one line of text.');
    if (name.length > 100)
      throw new InvalidValue('the name is longer than 100 characters', 'Use a shorter name.');
    return name === '' ? null : name;
  },
  format: (name) => name ?? '',
};

const brandColor: Codec<string | null> = {
  parse(text) {
    const given = text.trim().toLowerCase();
    if (given === '') return null;
    const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(given);
    if (short !== null)
      return `#${short
        .slice(1)
        .map((digit) => digit.repeat(2))
        .join('')}`;
    if (/^#[0-9a-f]{6}$/.test(given)) return given;
    throw new InvalidValue(
      `'${text}' is not a color`,
      'Use e.g. #0b6e4f or #08f, or an empty value for the built-in color.',
    );
  },
  format: (color) => color ?? '',
};

const anyDuration = duration(1);
const dayMs = 86_400_000;

const retention: Codec<number | null> = {
  parse(text) {
    if (text.trim().toLowerCase() === 'off') return null;
    const ms = anyDuration.parse(text);
    if (ms < dayMs) throw new InvalidValue(`'${text}' is too short`, 'Use at least 1d, e.g. 400d, or off.');
    return ms;
  },
  format: (ms) => (ms === null ? 'off' : anyDuration.format(ms)),
};

const yesOrNo: Codec<boolean> = {
  parse(text) {
    const given = text.trim().toLowerCase();
    if (given === 'yes' || given === 'no') return given === 'yes';
    throw new InvalidValue(`'${text}' is neither yes nor no`, 'Use yes or no.');
  },
  format: (value) => (value ? 'yes' : 'no'),
};

const longestSentence = 300;

/** One line that replaces one of our sentences. */
function sentence(...placeholders: readonly string[]): Codec<string | null> {
  return {
    parse(text) {
      const line = text.trim();
      if (/\p{Cc}/u.test(line))
        throw new InvalidValue(
          'the text contains a line break or another control character',
          'Use one line of text.',
        );
      if (line.length > longestSentence)
        throw new InvalidValue(
          `the text is longer than ${longestSentence} characters`,
          'Use a shorter text.',
        );
      const unknown = (line.match(/\{[^{}]*\}/g) ?? []).find((found) => !placeholders.includes(found));
      if (unknown !== undefined) {
        const known =
          placeholders.length === 0 ? 'This text has no placeholders.' : `Use ${placeholders.join(' or ')}.`;
        throw new InvalidValue(`${unknown} is not a known placeholder here`, known);
      }
      return line === '' ? null : line;
    },
    format: (line) => line ?? '',
  };
}

const suppressBy: Codec<Suppression> = {
  parse(text) {
    const given = suppressions.find((known) => known === text.trim().toLowerCase());
    if (given !== undefined) return given;
    throw new InvalidValue(`'${text}' is neither address nor brand`, `Use ${suppressions.join(' or ')}.`);
  },
  format: (by) => by,
};

/** The pattern with its placeholders filled in. */
function sampleOf(pattern: string): string {
  return pattern
    .replaceAll('{origin}', 'https://acme.gladly.com')
    .replace(/\{(?:customer|conversation)Id\}/g, 'id');
}

const conversationLink: Codec<string> = {
  parse(text) {
    const pattern = text.trim();
    const sample = sampleOf(pattern);
    if (pattern === '' || (/^https?:\/\/[^{}\s]+$/.test(sample) && URL.canParse(sample))) return pattern;
    throw new InvalidValue(
      `'${text}' is not a web address`,
      'Use e.g. {origin}/customer/{customerId}/conversation/{conversationId}, or an empty value for cards without a link.',
    );
  },
  format: (pattern) => pattern,
};

const codecs: { readonly [Key in PolicyKey]: Codec<Policy[Key]> } = {
  optOutTopics: list,
  suppressionDays: number(0, 3650, 'whole'),
  suppressBy,
  maxAge: duration(1),
  delay: duration(0),
  quietHours,
  sample: number(0, 100, 'any'),
  maxPerHour: offOr(number(1, 10_000, 'whole')),
  reminderAfter: offOr(anyDuration),
  bulkClosings: offOr(number(1, 10_000, 'whole')),
  excludeClosedByRule: onOrOff,
  excludedAgents: list,
  excludedInboxes: list,
  excludedChannels: channels,
  excludedCustomers: list,
  lowRating: rating,
  alertRating,
  alertFormat,
  alertPersonalData: onOrOff,
  alertMail: mailAddress,
  followUpTask: onOrOff,
  satisfiedFrom: rating,
  surveyExpires: duration(1),
  answerFinalAfter: duration(0),
  retention,
  confirmSends: number(0, 99_999, 'whole'),
  language,
  companyName,
  brandColor,
  greetCustomer: yesOrNo,
  questionText: sentence('{agent}'),
  resolvedText: sentence(),
  commentText: sentence(),
  thanksTitle: sentence(),
  thanksText: sentence(),
  reasons: ratingReasons,
  question: ownQuestion,
  conversationLink,
};

/**
 * Durations: `30d`, `36h`, `90m`, `45s`, `0`. Lists: entries separated by commas, or empty. Quiet hours:
 * `21:00-08:00` or `off`.
 *
 * @throws InvalidValue
 */
export function parsePolicyValue<Key extends PolicyKey>(key: Key, text: string): Policy[Key] {
  return codecs[key].parse(text);
}

/** Whether an empty text is a value of this key, e.g. an empty list, and does not mean its default. */
export function policyTakesEmpty(key: PolicyKey): boolean {
  return key === 'conversationLink' || Array.isArray(defaultPolicy[key]);
}

/** The text that `parsePolicyValue` reads back as the policy's value. */
export function formatPolicyValue<Key extends PolicyKey>(key: Key, policy: Pick<Policy, Key>): string {
  return codecs[key].format(policy[key]);
}

/** The default policy with the given texts applied; `read` turns each text into its value. */
export function policyFrom(
  texts: Readonly<Partial<Record<PolicyKey, string>>>,
  read: <Key extends PolicyKey>(key: Key, text: string) => Policy[Key],
): Policy {
  const policy = { ...defaultPolicy };
  const take = <Key extends PolicyKey>(into: Pick<Policy, Key>, key: Key): void => {
    const text = texts[key];
    if (text !== undefined) into[key] = read(key, text);
  };
  for (const key of policyKeys) take(policy, key);
  return policy;
}
