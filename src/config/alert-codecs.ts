import { isEmailAddress } from '../domain/eligibility/addresses.ts';
import { alertFormats, type AlertFormat } from '../domain/eligibility/policy.ts';
import { number, type Codec } from './codecs.ts';
import { InvalidValue } from './invalid-value.ts';

export const onOrOff: Codec<boolean> = {
  parse(text) {
    const given = text.trim().toLowerCase();
    if (given === 'on' || given === 'off') return given === 'on';
    throw new InvalidValue(`'${text}' is neither on nor off`, 'Use on or off.');
  },
  format: (value) => (value ? 'on' : 'off'),
};

export const rating = number(1, 5, 'whole');

export const alertRating: Codec<number | null> = {
  parse: (text) => (text.trim() === '' ? null : rating.parse(text)),
  format: (value) => (value === null ? '' : rating.format(value)),
};

export const alertFormat: Codec<AlertFormat> = {
  parse(text) {
    const found = alertFormats.find((format) => format === text.trim().toLowerCase());
    if (found !== undefined) return found;
    throw new InvalidValue(`'${text}' is not an alert format`, `Use ${alertFormats.join(' or ')}.`);
  },
  format: (format) => format,
};

export const mailAddress: Codec<string | null> = {
  parse(text) {
    const address = text.trim();
    if (address === '') return null;
    if (isEmailAddress(address)) return address;
    throw new InvalidValue(`'${text}' is not an email address`, 'Use one, e.g. care-leads@acme.com.');
  },
  format: (address) => address ?? '',
};
