import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDomain } from '../../src/config/domain.ts';
import { InvalidValue } from '../../src/config/invalid-value.ts';

describe('parseDomain', () => {
  test.each([
    ['acme', 'https://acme.gladly.com', 'com'],
    ['ACME', 'https://acme.gladly.com', 'com'],
    ['  acme.gladly.com\n', 'https://acme.gladly.com', 'com'],
    ['acme.gladly.qa', 'https://acme.gladly.qa', 'qa'],
    ['us-1.gladly.com', 'https://us-1.gladly.com', 'com'],
    ['https://acme.gladly.com', 'https://acme.gladly.com', 'com'],
    ['https://Acme.Gladly.QA/', 'https://acme.gladly.qa', 'qa'],
    ['https://acme.gladly.com:443', 'https://acme.gladly.com', 'com'],
    ['acme.us-1', 'https://acme.us-1.gladly.com', 'com'],
    ['Acme.EU-12', 'https://acme.eu-12.gladly.com', 'com'],
    ['acme.us-1.gladly.com', 'https://acme.us-1.gladly.com', 'com'],
    ['acme.us-uat.gladly.qa', 'https://acme.us-uat.gladly.qa', 'qa'],
    ['https://acme.gladly.com/app', 'https://acme.gladly.com', 'com'],
    ['https://acme.us-1.gladly.com/api/v1', 'https://acme.us-1.gladly.com', 'com'],
    ['acme.gladly.com/api/v1/', 'https://acme.gladly.com', 'com'],
    ['https://acme.gladly.qa/customer/0c_Wg-1/conversation/F_4Cw7', 'https://acme.gladly.qa', 'qa'],
    ['http://localhost:4010', 'http://localhost:4010', 'loopback'],
    ['localhost:4010', 'http://localhost:4010', 'loopback'],
    ['localhost', 'http://localhost', 'loopback'],
    ['127.0.0.1:4010', 'http://127.0.0.1:4010', 'loopback'],
    ['http://127.8.9.10', 'http://127.8.9.10', 'loopback'],
    ['http://[::1]:4010', 'http://[::1]:4010', 'loopback'],
    ['https://localhost:4010', 'https://localhost:4010', 'loopback'],
  ])('%j is %s', (text, origin, hostKind) => {
    expect(parseDomain(text, false)).toMatchObject({ origin, hostKind });
  });

  test.each([
    '',
    '   ',
    'gladly.com',
    'acme.gladly.com.evil.com',
    'acme.gladly.com.',
    'evil.com/acme.gladly.com',
    'https://evil.com/acme.gladly.com',
    'acme/app',
    'acme.us-1/app',
    'acme.us-uat',
    'acme.us-1.evil.com',
    'https://acme.us-1',
    'a.acme.us-1',
    'acme.us-1.',
    'localhost/app',
    'evil.com/acme.us-1.gladly.com',
    'http://acme.gladly.com/app',
    'acme.gladly.com:8443/app',
    'acme.gladly.com/app@evil.com',
    'acme.gladly.com/app#x',
    'acme_.gladly.com',
    'acme_.gladly.com/app',
    'evil_/acme.gladly.com',
    'https://acme.gladly.com/conversations?x=1',
    'acme.gladly.com@evil.com',
    'https://acme.gladly.com@evil.com',
    'https://user:password@acme.gladly.com',
    'https://acme.gladly.com\\@evil.com',
    'https://acme.gladly.com#@evil.com',
    'evil.com#.gladly.com',
    'acme.gladly.com:8443',
    'acme gladly.com',
    'acme\t.gladly.com',
    'acme.glаdly.com',
    'acme。gladly.com',
    'acme%2egladly.com',
    'http://acme.gladly.com',
    'ftp://acme.gladly.com',
    'javascript://acme.gladly.com',
    '//acme.gladly.com',
    '-acme',
    'acme-.gladly.com',
    'acme..gladly.com',
    'notgladly.com',
    'acme.notgladly.com',
    'example.com',
    'localhost.evil.com',
    '0.0.0.0',
    '10.0.0.1',
    'http://192.168.0.1',
    'https://[::1',
    'https://',
  ])('%j is refused', (text) => {
    expect(() => parseDomain(text, false)).toThrow(InvalidValue);
  });

  test('another host needs to be allowed, and then still encryption', () => {
    expect(parseDomain('https://gladly.example.com:8443', true)).toEqual({
      origin: 'https://gladly.example.com:8443',
      host: 'gladly.example.com:8443',
      hostKind: 'other',
    });
    expect(() => parseDomain('http://gladly.example.com', true)).toThrow(/unencrypted/);
    expect(() => parseDomain('https://evil.com/acme.gladly.com', true)).toThrow(/path/);
    expect(() => parseDomain('acme.gladly.com@evil.com', true)).toThrow(/user name/);
  });

  test('whatever is typed, credentials go to Gladly over TLS or stay on this machine', () => {
    const pieces = fc.constantFrom(
      'acme',
      '.',
      'gladly',
      'us-1',
      '_',
      'com',
      'qa',
      'evil',
      '@',
      '/',
      '\\',
      ':',
      '#',
      '?',
      '%',
      '443',
      'https://',
      'http://',
      'localhost',
      '127.0.0.1',
      '[::1]',
      ' ',
      '\t',
      '-',
      '。',
      'ﬀ',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 9 }), (parts) => {
        let origin: string;
        try {
          ({ origin } = parseDomain(parts.join(''), false));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidValue);
          return;
        }
        const { protocol, hostname } = new URL(`${origin}/api/v1/organization`);
        const onThisMachine = /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
        expect(onThisMachine || (protocol === 'https:' && /\.gladly\.(?:com|qa)$/.test(hostname))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
