import { usualDuration } from '../domain/values/usual-duration.ts';
import { InvalidValue } from './invalid-value.ts';

/** Converts between a value and the text that a person writes for it. */
export interface Codec<Value> {
  /** @throws InvalidValue */
  parse(text: string): Value;
  /** The text that `parse` reads back as the same value. */
  format(value: Value): string;
}

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const longestMs = 3650 * units.d;

/** A duration in milliseconds, written as `30d`, `36h`, `90m`, `45s` or `0`. */
export function duration(least: number): Codec<number> {
  return {
    parse(text) {
      const match = /^(?:0|(\d{1,9})([smhd]))$/.exec(text.trim().toLowerCase());
      if (match === null) {
        const usual = usualDuration(text);
        const hint = usual === null ? 'Use e.g. 30d, 36h, 90m, 45s or 0.' : `Write ${usual}.`;
        throw new InvalidValue(`'${text}' is not a duration`, hint);
      }
      const ms = Number(match[1] ?? 0) * units[(match[2] as keyof typeof units | undefined) ?? 's'];
      if (ms < least) throw new InvalidValue(`'${text}' is too short`, 'Use a duration above 0, e.g. 30d.');
      if (ms > longestMs) throw new InvalidValue(`'${text}' is too long`, 'Use at most 3650d.');
      return ms;
    },
    format(ms) {
      if (ms === 0) return '0';
      const unit = (['d', 'h', 'm', 's'] as const).find((name) => ms % units[name] === 0) ?? 's';
      return `${ms / units[unit]}${unit}`;
    },
  };
}

/** @returns milliseconds, more than 0. @throws InvalidValue */
export function parseDuration(text: string): number {
  return duration(1).parse(text);
}

export function number(least: number, most: number, kind: 'whole' | 'any'): Codec<number> {
  const what = `${kind === 'whole' ? 'a whole number' : 'a number'} from ${least} to ${most}`;
  return {
    parse(text) {
      const value = /^\d{1,5}(?:\.\d{1,6})?$/.test(text.trim()) ? Number(text) : Number.NaN;
      if (value >= least && value <= most && (kind === 'any' || Number.isInteger(value))) return value;
      throw new InvalidValue(`'${text}' is not ${what}`, `Use ${what}.`);
    },
    format: String,
  };
}

/** Also accepts `off`, whose value is null. */
export function offOr<Value>(codec: Codec<Value>): Codec<Value | null> {
  return {
    parse: (text) => (text.trim().toLowerCase() === 'off' ? null : codec.parse(text)),
    format: (value) => (value === null ? 'off' : codec.format(value)),
  };
}

/** Entries separated by commas, so no entry can contain a comma. */
export const list: Codec<readonly string[]> = {
  parse: (text) => [...new Set(text.split(',').map((entry) => entry.trim()))].filter((entry) => entry !== ''),
  format: (entries) => entries.join(','),
};
