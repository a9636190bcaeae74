import { describe, expect, test } from 'vitest';
import {
  addressKey,
  bareAddress,
  chooseAddress,
  domainKey,
  isEmailAddress,
  phoneNumber,
  type PhoneEntry,
} from '../../../src/domain/eligibility/addresses.ts';

test.each([
  ['amy@acme.x1', true],
  ['amy@acme.1x', true],
  ['amy@127.0.0.10', false],
  ['acme.com', false],
])('%j is an email address: %s', (text, expected) => expect(isEmailAddress(text)).toBe(expected));

test('the digit for calls within a country is left out, however it is written', () => {
  expect(phoneNumber('+49 ( 0 ) 151 1234567')).toBe('+491511234567');
  expect(phoneNumber('+49 0 151 1234567')).toBe('+4901511234567');
});

describe('the address alone', () => {
  test.each([
    ['Amy < amy@acme.com >', 'amy@acme.com'],
    ['mailto: amy@acme.com', 'amy@acme.com'],
    ['mailto:amy%2Btag@acme.com', 'amy+tag@acme.com'],
    ['MAILTO:amy%2btag%40acme.com', 'amy+tag@acme.com'],
    ['sms:+15550100123?body=Hi', '+15550100123'],
  ])('of %j is %j', (written, address) => expect(bareAddress(written)).toBe(address));

  test.each([
    'x amy@acme.com (Amy)',
    'amy@acme.com (Amy), ben@acme.com',
    'Amy mailto:amy@acme.com',
    'Amy <amy@acme.com> Lee',
  ])('is not found in %j', (written) => expect(bareAddress(written)).toBe(written));
});

describe('the key of an address', () => {
  test.each([
    ['KIM', 'kim'],
    ['Amy@ACME.com', 'amy@acme.com'],
    ['@BÜCHER.example', '@xn--bcher-kva.example'],
    ['"a b"@acme.com', '"a b"@acme.com'],
    ['x"amy"@acme.com', 'x"amy"@acme.com'],
    ['"amy"x@acme.com', '"amy"x@acme.com'],
  ])('%j is %j', (address, key) => expect(addressKey(address)).toBe(key));

  test.each([
    [' Acme.COM. ', 'acme.com'],
    ['Ac me.COM', 'ac me.com'],
  ])('of the domain %j is %j', (domain, key) => expect(domainKey(domain)).toBe(key));
});

test('why there is no number for an SMS', () => {
  const phone: PhoneEntry = {
    ...{ original: null, normalized: '+15550100123', primary: true },
    ...{ type: 'MOBILE', smsPreference: null },
  };
  const detail = (phones: PhoneEntry[]): unknown => chooseAddress('mobile', { emails: [], phones });
  expect(detail([{ ...phone, type: 'HOME' }])).toEqual({
    missing: 'no_address',
    detail: 'the customer has no mobile number',
  });
  expect(detail([{ ...phone, smsPreference: 'OFF' }])).toEqual({
    missing: 'no_address',
    detail: 'the customer accepts no SMS',
  });
  expect(chooseAddress('email', { emails: [], phones: [] })).toEqual({
    missing: 'no_address',
    detail: 'the customer has no email address',
  });
});
