import { defaultPolicy, type Policy, type QuietHours } from '../domain/eligibility/policy.ts';
import { isChannelName } from '../domain/attribution/timeline.ts';
import { InvalidValue } from './invalid-value.ts';

export type PolicyKey = keyof Policy;

interface Codec<Value> {
  /** @throws InvalidValue */
  parse(text: string): Value;
  /** The text that `parse` reads back as the same value. */
  format(value: Value): string;
}

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const longestMs = 3650 * units.d;

function duration(least: number): Codec<number> {
  return {
    parse(text) {
      const match = /^(?:0|(\d{1,9})([smhd]))$/.exec(text.trim().toLowerCase());
      if (match === null)
        throw new InvalidValue(`'${text}' is no duration`, 'use e.g. 30d, 36h, 90m, 45s or 0');
      const ms = Number(match[1] ?? 0) * units[(match[2] as keyof typeof units | undefined) ?? 's'];
      if (ms < least) throw new InvalidValue(`'${text}' is too short`, 'use a duration above 0, e.g. 30d');
      if (ms > longestMs) throw new InvalidValue(`'${text}' is too long`, 'use at most 3650d');
      return ms;
    },
    format(ms) {
      if (ms === 0) return '0';
      const unit = (['d', 'h', 'm', 's'] as const).find((name) => ms % units[name] === 0) ?? 's';
      return `${ms / units[unit]}${unit}`;
    },
  };
}

/** @throws InvalidValue */
export function parseDuration(text: string): number {
  return duration(1).parse(text);
}

function number(least: number, most: number, kind: 'whole' | 'any'): Codec<number> {
  const what = kind === 'whole' ? 'a whole number' : 'a number';
  return {
    parse(text) {
      const value = /^\d{1,5}(?:\.\d{1,6})?$/.test(text.trim()) ? Number(text) : Number.NaN;
      if (value >= least && value <= most && (kind === 'any' || Number.isInteger(value))) return value;
      throw new InvalidValue(
        `'${text}' is not ${what} from ${least} to ${most}`,
        `use ${what} from ${least} to ${most}`,
      );
    },
    format: String,
  };
}

/** Separated by commas; an entry can not contain one, which is why inboxes can be named by id. */
const list: Codec<readonly string[]> = {
  parse: (text) => [...new Set(text.split(',').map((entry) => entry.trim()))].filter((entry) => entry !== ''),
  format: (entries) => entries.join(','),
};

const channels: Codec<readonly string[]> = {
  parse(text) {
    const names = list.parse(text);
    const unknown = names.find((name) => !isChannelName(name));
    if (unknown === undefined) return names;
    throw new InvalidValue(
      `there is no channel '${unknown}'`,
      'use chat, email, sms, voice, fbMessenger, instagramDirect, whatsapp, twitter or custom',
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
      throw new InvalidValue(`'${text}' are no quiet hours`, 'use e.g. 21:00-08:00, or off');
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
    throw new InvalidValue(`'${text}' is no language tag`, 'use e.g. en, es, fr, de or pt-BR');
  },
  format: (tag) => tag,
};

const companyName: Codec<string | null> = {
  parse(text) {
    const name = text.trim();
    if (/\p{Cc}/u.test(name))
      throw new InvalidValue('the name contains a control character', 'use one line of text');
    if (name.length > 100)
      throw new InvalidValue('the name is longer than 100 characters', 'use a shorter name');
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
    throw new InvalidValue(`'${text}' is no colour`, 'use e.g. #0b6e4f or #08f, or nothing for our own');
  },
  format: (colour) => colour ?? '',
};

/** What the link is once its places are filled. */
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
      `'${text}' is no web address`,
      'use e.g. {origin}/customer/{customerId}/conversation/{conversationId}, or nothing for cards without a link',
    );
  },
  format: (pattern) => pattern,
};

const codecs: { readonly [Key in PolicyKey]: Codec<Policy[Key]> } = {
  optOutTopics: list,
  suppressionDays: number(0, 3650, 'whole'),
  maxAge: duration(1),
  delay: duration(0),
  quietHours,
  sample: number(0, 100, 'any'),
  excludedAgents: list,
  excludedInboxes: list,
  excludedChannels: channels,
  excludedCustomers: list,
  lowRating: number(1, 5, 'whole'),
  surveyExpires: duration(1),
  answerFinalAfter: duration(0),
  confirmSends: number(0, 99_999, 'whole'),
  language,
  companyName,
  brandColor,
  conversationLink,
};

export const policyKeys = Object.keys(defaultPolicy) as readonly PolicyKey[];

export function isPolicyKey(key: string): key is PolicyKey {
  return Object.hasOwn(codecs, key);
}

/**
 * The value that a text stands for. Durations: `30d`, `36h`, `90m`, `45s`, `0`; lists: separated by commas, empty for
 * none; quietHours: `21:00-08:00` or `off`.
 *
 * @throws InvalidValue
 */
export function parsePolicyValue<Key extends PolicyKey>(key: Key, text: string): Policy[Key] {
  return codecs[key].parse(text);
}

/** Nothing is a value of its own here: an empty list, no link. */
export function policyTakesEmpty(key: PolicyKey): boolean {
  return key === 'conversationLink' || Array.isArray(defaultPolicy[key]);
}

/** The text that `parsePolicyValue` reads back as the policy's value. */
export function formatPolicyValue<Key extends PolicyKey>(key: Key, policy: Pick<Policy, Key>): string {
  return codecs[key].format(policy[key]);
}

/** The defaults, with what the given texts say instead; `read` is called for each of them. */
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
