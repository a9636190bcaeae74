import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addressKey,
  anyPhone,
  asciiDomain,
  bareAddress,
  chooseAddress,
  chooseEmail,
  isAddress,
  isEmailAddress,
  isMailDomain,
  isMobileNumber,
  phoneNumber,
  spelledNumber,
  withPlainDigits,
  type AddressChoice,
  type EmailEntry,
  type PhoneEntry,
} from '../../../src/domain/eligibility/addresses.ts';
import { traitsOf } from '../../../src/domain/delivery.ts';

const email = (normalized: string | null, parts: Partial<EmailEntry> = {}): EmailEntry => ({
  original: null,
  normalized,
  primary: false,
  ...parts,
});
const phone = (normalized: string | null, parts: Partial<PhoneEntry> = {}): PhoneEntry => ({
  original: null,
  normalized,
  primary: false,
  type: 'MOBILE',
  smsPreference: null,
  ...parts,
});
const mobileOf = (...phones: PhoneEntry[]): AddressChoice => chooseAddress('mobile', { emails: [], phones });
const missing = (choice: AddressChoice): string | null => ('missing' in choice ? choice.missing : null);

describe('an email address', () => {
  test.each([
    'amy@acme.com',
    'Amy.Lee@Acme.COM',
    'amy+tag@mail.acme.co.uk',
    "o'neill@acme.ie",
    'a@b.co',
    '1@2.com',
    'amy@bücher.example',
    'amy@例え.テスト',
    'amy@उदाहरण.परीक्षा',
    'amy@xn--bcher-kva.example',
    `${'a'.repeat(64)}@acme.com`,
    `amy@${'a'.repeat(63)}.com`,
  ])('%s', (text) => expect(isEmailAddress(text)).toBe(true));

  test.each([
    '',
    '@',
    'amy',
    'amy@',
    '@acme.com',
    'amy@acme',
    'amy@localhost',
    'amy@.com',
    'amy@acme.',
    'amy@acme..com',
    'amy@-acme.com',
    'amy@acme-.com',
    'amy@127.0.0.1',
    'amy@[127.0.0.1]',
    '.amy@acme.com',
    'amy.@acme.com',
    'a..b@acme.com',
    'amy lee@acme.com',
    'amy@ac me.com',
    'amy@acme.com ',
    'Amy <amy@acme.com>',
    '<amy@acme.com>',
    '"amy"@acme.com',
    '"a@b"@acme.com',
    'amy@acme.com,ben@acme.com',
    'amy@acme.com;ben@acme.com',
    'amy@acme.com, ben',
    'amy,ben@acme.com',
    'mailto:amy@acme.com',
    'amy@acme.com\r\nBcc: all@acme.com',
    'amy\r\nBcc: all@acme.com',
    'amy@acme.com\nRCPT TO:<all@acme.com>',
    'amy\0@acme.com',
    'amy@acme\0.com',
    'amy@acme.com\u0000',
    'amy\u202e@acme.com',
    'amy@ac\u200bme.com',
    'amy(comment)@acme.com',
    'amy@acme.com?bcc=all@acme.com',
    'amy@acme.com/path',
    'ämy@acme.com',
    // What IDNA cannot encode, and what a URL reads as an IPv4 address.
    'amy@xn--a.example',
    'amy@xn--b\u00fccher.example',
    'amy@\u05d0a.example',
    'amy@a\u0301\u200d.example',
    'amy@1.2.3.0x4',
    'amy@acme.0x7f',
    'amy@\uff11.\uff12.\uff13.\uff14',
    `amy@${'\u00fc'.repeat(60)}.${'\u00e4\u8c6a'.repeat(30)}.example`,
    '\ud83d@acme.com',
    `${'a'.repeat(65)}@acme.com`,
    `amy@${'a'.repeat(64)}.com`,
    `amy@${'a.'.repeat(124)}com`,
  ])('not %j', (text) => expect(isEmailAddress(text)).toBe(false));

  test('254 characters are the most', () => {
    const long = (length: number): string => `a@${'b.'.repeat(126)}${'c'.repeat(length - 254)}`;
    expect(long(255)).toHaveLength(255);
    expect(isEmailAddress(long(255))).toBe(false);
    expect(isEmailAddress(`a@${'b.'.repeat(125)}cc`)).toBe(true);
    expect(`a@${'b.'.repeat(125)}cc`).toHaveLength(254);
  });

  test('254 characters are the most as it is sent, with the domain in its ASCII form', () => {
    const domain = `${'\u00fc'.repeat(10)}.`.repeat(11) + 'example';
    const room = 254 - domainToASCII(domain).length - 1;
    expect(room).toBeGreaterThan(0);
    expect(room).toBeLessThan(64);
    expect(isEmailAddress(`${'a'.repeat(room)}@${domain}`)).toBe(true);
    expect(isEmailAddress(`${'a'.repeat(room + 1)}@${domain}`)).toBe(false);
  });

  test('a label of digits may stand anywhere but at the end', () => {
    expect(isMailDomain('mail.1.com')).toBe(true);
    expect(isMailDomain('1.com')).toBe(true);
    expect(isMailDomain('mail.com.1')).toBe(false);
    expect(asciiDomain('1.2.3.0x10')).toBe('');
  });

  test('no valid address can end a header, a list or an angle bracket', () => {
    const parts = fc.constantFrom(
      'a',
      'acme',
      '.',
      '@',
      '<',
      '>',
      ',',
      ';',
      ':',
      '"',
      '\r',
      '\n',
      ' ',
      '\\',
      '(',
      'é',
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: parts }), fc.emailAddress(), fc.string({ unit: 'binary' })),
        (text) => {
          if (isEmailAddress(text)) expect(text).toMatch(/^[^\s<>,;:"\\()@\p{C}]+@[^\s<>,;:"\\()@\p{C}]+$/u);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a phone number', () => {
  test.each([
    ['+15550100123', '+15550100123'],
    [' +1 (555) 010-0123 ', '+15550100123'],
    ['+49 151.1234567', '+491511234567'],
    ['+1\u2011555\u2013010\u20110123', '+15550100123'],
    ['\u202a+1\u00a0555 0100123\u202c', '+15550100123'],
    ['\uff0b1 555 \uff10100123', '+15550100123'],
    ['+49 (0) 151 1234567', '+491511234567'],
    ['+49 151/1234567', '+491511234567'],
    ['+1\u2212555\u2212010\u22120123', '+15550100123'],
    ['+1\u00b7555\u2022010 0123', '+15550100123'],
    ['\u200f+\u0661 \u0665\u0665\u0665 \u0660\u0661\u0660\u0660\u0661\u0662\u0663', '+15550100123'],
    ['+\u06f4\u06f9 151 \u096712\u096d4567', '+4915111274567'],
    ['+\uff14\uff19\uff08\uff10\uff09151 1234567', '+491511234567'],
    ['0049 151 1234567', null],
    ['0151 1234567', null],
    ['+0151234567', null],
    ['+49', null],
    ['+491511234567890123', null],
    ['call me', null],
    ['', null],
  ])('%j is %j', (text, number) => {
    expect(phoneNumber(text)).toBe(number);
    expect(isMobileNumber(text)).toBe(text === number);
  });
});

test('two spellings of one address meet', () => {
  expect(addressKey(' +1 (555) 010-0123')).toBe(addressKey('+15550100123'));
  expect(addressKey(' Amy@ACME.com ')).toBe(addressKey('amy@acme.com'));
  expect(addressKey('amy@acme.com')).not.toBe(addressKey('amy@acme.co'));
  for (const other of [
    'amy@BÜCHER.example',
    'amy@bu\u0308cher.example',
    'amy@xn--bcher-kva.example',
    'amy@XN--BCHER-KVA.example',
    'amy@ｂücher．example',
    'amy@bücher.example.',
    '\u200bamy@bü\u00adcher.example',
    'amy＠bücher.example',
    'Amy Lee <amy@bücher.example>',
    '"Lee, Amy" <AMY@bücher.example>',
    'amy@bücher.example <amy@bücher.example>',
    '＜amy＠bücher.example＞',
    'mailto:amy@bücher.example?subject=Survey',
    '<MAILTO:amy%40bücher.example>',
    '"Amy"@bücher.example',
    'amy@bücher。example',
    'amy@bücher.example (Amy Lee)',
    '<amy@bücher.example>(Amy)',
    'amy@bücher。example。',
    'mailto:%61my@b%C3%BCcher.example',
    'mailto:AMY%40xn--bcher-kva%2Eexample?subject=100%',
    'Amy <mailto:amy@b%c3%bccher.example>',
  ]) {
    expect(addressKey(other), other).toBe('amy@xn--bcher-kva.example');
  }
  expect(addressKey('amy@bücher.example')).not.toBe(addressKey('amy@bucher.example'));
  for (const other of [
    'tel:+1-555-010-0123',
    'tel:%2B1-555-010-0123',
    'tel:+1(555)010-0123;ext=7',
    'tel:+15550100123;isub=12;phone-context=acme.com',
    'WhatsApp:+15550100123',
    'sms:+15550100123?body=STOP',
    '001 555 010 0123',
    '\uff10\uff10 1-555-010-0123',
  ]) {
    expect(addressKey(other), other).toBe('+15550100123');
  }
});

test('of two numbers, none is chosen', () => {
  expect(isAddress('sms:+15550100123,+15550100124')).toBe(false);
});

test('only a link is decoded, and only one that can be', () => {
  expect(addressKey('%61my@acme.com')).toBe('%61my@acme.com');
  expect(addressKey('mailto:100%@acme.com')).toBe('100%@acme.com');
  expect(addressKey('mailto:a%2Bb@acme.com')).toBe('a+b@acme.com');
  expect(isAddress('mailto:amy%2Cben@acme.com')).toBe(false);
});

// The first is how Australia dials abroad, the second how numbers are dialed within a country.
test.each([
  '0011 49 151 1234567',
  '00-1-1-49 151 1234567',
  '00 1 1 49 151 1234567',
  '0151 1234567',
  '1-555-010-0123',
  'tel:15550100123',
])('a country code is never guessed: %s', (text) => {
  expect(isAddress(text)).toBe(false);
  expect(addressKey(text)).not.toMatch(/^\+/);
});

test('no domain is taken for the one with which a URL would begin', () => {
  for (const text of [
    'amy@acme.com/path',
    'amy@acme.com#x',
    'amy@ac%6de.com',
    'amy@acme\\.com',
    'amy@ac\nme.com',
  ]) {
    expect(addressKey(text), text).not.toBe('amy@acme.com');
    expect(isAddress(text), text).toBe(false);
  }
  expect(addressKey('amy@1.2.3.0x4')).toBe('amy@1.2.3.0x4');
});

test('a digit of any script is what it counts', () => {
  const digits = Array.from({ length: 0x110000 }, (_, code) => code)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code))
    .filter((text) => /\p{Nd}/u.test(text));
  expect(digits.length).toBeGreaterThan(600);
  const values = digits.map(withPlainDigits).join('');
  expect(values).toBe('0123456789'.repeat(digits.length / 10));
});

test.each([
  'ben@acme.com <amy@acme.com>',
  'Amy <amy@acme.com>, Ben <ben@acme.com>',
  '<amy@acme.com><ben@acme.com>',
  'mailto:amy@acme.com,ben@acme.com',
  'Amy <amy@acme.com',
  'amy@acme.com (ben@acme.com)',
  'amy@acme.com (Amy) (Ben)',
  'mailto:amy@acme.com;ben@acme.com',
  'mailto:amy%40acme.com%2Cben@acme.com',
  'mailto:Ben%20%3Camy@acme.com%3E',
])('of two addresses or half of one, none is chosen: %j', (text) => {
  expect(isEmailAddress(bareAddress(text))).toBe(false);
  expect([addressKey('amy@acme.com'), addressKey('ben@acme.com')]).not.toContain(addressKey(text));
});

describe('the address that a survey goes to', () => {
  test('the primary one, wherever it is in the list', () => {
    const choice = chooseEmail([
      email('a@acme.com'),
      email('b@acme.com', { primary: true }),
      email('c@acme.com'),
    ]);
    expect(choice).toEqual({ address: 'b@acme.com' });
  });

  test('else the first valid one', () => {
    expect(chooseEmail([email('broken'), email('b@acme.com'), email('c@acme.com')])).toEqual({
      address: 'b@acme.com',
    });
    expect(chooseEmail([email('a@acme.com'), email('broken', { primary: true })])).toEqual({
      address: 'a@acme.com',
    });
  });

  test('Gladly’s normalized spelling before the original one', () => {
    expect(chooseEmail([email('amy@acme.com', { original: 'Amy@Acme.com' })])).toEqual({
      address: 'amy@acme.com',
    });
    expect(chooseEmail([email(null, { original: ' Amy@Acme.com ' })])).toEqual({ address: 'Amy@Acme.com' });
    expect(chooseEmail([email('broken', { original: 'Amy@Acme.com' })])).toEqual({ address: 'Amy@Acme.com' });
  });

  test('having none is different from having no valid one', () => {
    expect(missing(chooseEmail([]))).toBe('no_address');
    expect(missing(chooseEmail([email(null), email(' ', { original: '' })]))).toBe('no_address');
    expect(missing(chooseEmail([email('broken')]))).toBe('bad_address');
    expect(missing(chooseEmail([email('amy@xn--a.example'), email('amy@1.2.3.0x4')]))).toBe('bad_address');
    expect(chooseEmail([email('broken'), email('also broken')])).toEqual({
      missing: 'bad_address',
      detail: 'none of 2 email addresses is valid',
    });
    expect(chooseEmail([email('broken')])).toMatchObject({ detail: 'none of 1 email address is valid' });
  });

  test('any entries give a valid address or a reason', () => {
    const text = fc.option(fc.oneof(fc.string({ unit: 'binary' }), fc.emailAddress()));
    const entries = fc.array(fc.record({ original: text, normalized: text, primary: fc.boolean() }));
    fc.assert(
      fc.property(entries, (emails) => {
        const choice = chooseEmail(emails);
        if ('address' in choice) expect(isEmailAddress(choice.address)).toBe(true);
        else
          expect(emails.some(({ normalized }) => normalized !== null && isEmailAddress(normalized))).toBe(
            false,
          );
      }),
    );
  });
});

describe('the kind of address', () => {
  test.each([
    ['outbox', 'email'],
    ['smtp', 'email'],
    ['gladly-email', 'email'],
    ['medallia', 'email'],
    ['gladly-sms', 'mobile'],
  ] as const)('%s needs an %s', (delivery, kind) => expect(traitsOf(delivery).addressKind).toBe(kind));

  test('each kind is chosen from its own list', () => {
    const customer = { emails: [email('amy@acme.com')], phones: [phone('+4915112345678')] };
    expect(chooseAddress('email', customer)).toEqual({ address: 'amy@acme.com' });
    expect(chooseAddress('mobile', customer)).toEqual({ address: '+4915112345678' });
    expect(missing(chooseAddress('mobile', { ...customer, phones: [] }))).toBe('no_address');
    expect(missing(chooseAddress('email', { ...customer, emails: [] }))).toBe('no_address');
  });
});

describe('the number that an SMS goes to', () => {
  test('the primary mobile number, else the first valid one', () => {
    const first = phone('+4915111111111');
    expect(mobileOf(first, phone('+4915122222222', { primary: true }))).toEqual({
      address: '+4915122222222',
    });
    expect(mobileOf(phone('0151'), first)).toEqual({ address: '+4915111111111' });
    expect(mobileOf(phone('0151', { original: '+4915133333333' }))).toEqual({ address: '+4915133333333' });
  });

  test.each(['HOME', 'OFFICE', null])('never one of the type %s', (type) => {
    expect(missing(mobileOf(phone('+4930123456', { type, primary: true })))).toBe('no_address');
  });

  test.each(['OFF', 'FORBIDDEN', 'ASK_FIRST'])('never one whose SMS preference is %s', (smsPreference) => {
    const unwilling = phone('+4915111111111', { smsPreference, primary: true });
    expect(missing(mobileOf(unwilling))).toBe('no_address');
    expect(mobileOf(unwilling, phone('+4915122222222', { smsPreference: 'ON' }))).toEqual({
      address: '+4915122222222',
    });
  });

  test.each(['+49 151 1234567', '+49 (0)151 1234567', '\u202a+49\u2011151\u20111234567\u202c'])(
    'is E.164, also where the profile has %j',
    (number) => {
      expect(mobileOf(phone(number))).toEqual({ address: '+491511234567' });
      expect(mobileOf(phone(null, { original: number }))).toEqual({ address: '+491511234567' });
    },
  );

  test.each(['0151 1234567', '+0151234567', '+49', '+491511234567890123', 'call me'])('never %j', (number) =>
    expect(missing(mobileOf(phone(number)))).toBe('bad_address'),
  );

  test('says how many were tried', () => {
    expect(mobileOf(phone('1'), phone('2'))).toMatchObject({ detail: 'none of 2 mobile numbers is valid' });
    expect(missing(mobileOf(phone(null)))).toBe('no_address');
  });
});

test('the number to show is any number, the primary one first', () => {
  expect(anyPhone([])).toBeNull();
  expect(anyPhone([phone(null)])).toBeNull();
  const home = phone(null, { original: '030 123', type: 'HOME' });
  expect(anyPhone([home])).toBe('030 123');
  expect(anyPhone([home, phone('+4915122222222', { primary: true })])).toBe('+4915122222222');
});

test('a number that earlier versions could not read is found as they stored it', () => {
  expect(spelledNumber(' tel:0049-151 ABC ')).toBe('0049-151 abc');
});
