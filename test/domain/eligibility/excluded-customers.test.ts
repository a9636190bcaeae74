import { expect, test } from 'vitest';
import {
  canMeetCustomer,
  isDomainEntry,
  isExcludedCustomer,
  lacksCountryCode,
} from '../../../src/domain/eligibility/excluded-customers.ts';

test.each([
  ['cust-1', 'cust-1', []],
  ['CUST-1', 'cust-1', []],
  ['cust-1', 'CUST-1', []],
  ['kim@example.com', 'x', ['Kim@Example.com']],
  ['@bücher.example', 'x', ['kim@xn--bcher-kva.example']],
  ['xn--bcher-kva.example', 'x', ['kim@bu\u0308cher.example']],
  ['EXAMPLE.com.', 'x', ['kim@example.com']],
  ['kim@ｅxample.com', 'x', ['kim@example.com']],
  ['+1 (512) 555-0100', 'x', ['+15125550100']],
  ['+1\u2011512\u2011555\u20110100', 'x', ['+15125550100']],
  ['\u202a+1 512 555 0100\u202c', 'x', ['+15125550100']],
  ['512.555.0100', 'x', ['(512) 555-0100']],
  ['\uff20example.com', 'x', ['kim@example.com']],
  ['kim\uff20example.com', 'x', ['kim@example.com']],
  ['kim@example.com', 'x', ['kim\uff20example.com']],
  ['*@example.com', 'x', ['kim@example.com']],
  ['mailto:kim@example.com', 'x', ['kim@example.com']],
  ['Kim Lee <kim@example.com>', 'x', ['kim@example.com']],
  ['"Kim" <KIM@b\u00fccher.example>', 'x', ['kim@xn--bcher-kva.example']],
  ['kim@example.com', 'x', ['Kim <kim@example.com>']],
  ['tel:+1-512-555-0100', 'x', ['+15125550100']],
  ['123-456', '123-456', []],
  [' 123-456 ', '123-456', []],
  ['001 512 555 0100', 'x', ['+15125550100']],
  ['+15125550100', 'x', ['001 (512) 555-0100']],
  ['+1\u2212512\u2212555\u22120100', 'x', ['+15125550100']],
  ['512\u2212555\u22120100', 'x', ['(512) 555-0100']],
  ['\u0665\u0661\u0662 5550100', 'x', ['5125550100']],
  ['@b\u00fccher\u3002example', 'x', ['kim@xn--bcher-kva.example']],
  ['b\u00fccher\uff61example', 'x', ['kim@b\u00fccher.example']],
  ['"kim"@b\u00fccher.example.', 'x', ['kim@b\u00fccher.example']],
  ['mailto:kim@b%C3%BCcher.example', 'x', ['kim@b\u00fccher.example']],
])('%j excludes %j with %j', (entry, customerId, addresses) => {
  expect(isExcludedCustomer([entry], customerId, addresses)).toBe(true);
});

test.each([
  ['example.com', 'x', ['kim@mail.example.com']],
  ['kim@example.com', 'x', ['kim@example.org']],
  ['kim', 'x', ['kim@example.com']],
  ['', '', ['']],
  ['@', 'x', ['kim@example.com', null]],
  ['5125550100', 'x', ['+15125550100']],
  ['1-512-555-0100', 'x', ['+15125550100']],
  ['lee@example.com <kim@example.com>', 'x', ['kim@example.com']],
  ['kim@*', 'x', ['kim@example.com']],
  ['k@example.com', 'x', ['kim@example.com']],
  ['*@kim@example.com', 'x', ['kim@example.com']],
  // Only a phone number is recognized by its digits alone.
  ['ext1', 'x', ['kim1']],
  ['1ext', 'x', ['1kim']],
])('%j does not exclude %j with %j', (entry, customerId, addresses) => {
  expect(isExcludedCustomer(entry === '' ? [] : [entry], customerId, addresses)).toBe(false);
});

test('one entry of several is enough', () => {
  expect(isExcludedCustomer(['lee@example.com', 'kim@example.com'], 'x', ['kim@example.com'])).toBe(true);
});

test.each([
  'kim@example.com',
  '@example.com',
  '*@example.com',
  'example.com.',
  '\uff20b\u00fccher.example',
  'Kim <kim@example.com>',
  '+1 (512) 555-0100',
  '001 512 555 0100',
  'tel:+1-512-555-0100;ext=7',
  '@b\u00fccher\u3002example',
  'kim@b\u00fccher.example.',
  '"kim"@b\u00fccher.example',
  'mailto:kim@b%C3%BCcher.example',
  '20779',
  'Gnv5YfXvSQuBHdzdC4oW-g',
  'cust_1',
])('%j can be a customer', (entry) => expect(canMeetCustomer(entry)).toBe(true));

test.each([
  'kim@example',
  'kim@@example.com',
  '@example',
  '*.example.com',
  'https://example.com/',
  'kim@example.com; lee@example.com',
  'Kim Lee',
  'Kim 512555',
  '512555 Kim',
  '@',
  'kim@xn--a.example',
  '@1.2.3.0x4',
])('%j cannot, and is a mistake', (entry) => expect(canMeetCustomer(entry)).toBe(false));

test.each([
  '512.555.0100',
  '1-512-555-0100',
  'tel:15125550100',
  '0151 1234567',
  '+0151 1234567',
  '\uff11\uff15125550100',
])('%j lacks its country code, and meets nobody whose number has one', (entry) => {
  expect(lacksCountryCode(entry)).toBe(true);
  expect(canMeetCustomer(entry)).toBe(false);
});

test('an entry of digits and letters is no number, and is compared whole', () => {
  expect(isExcludedCustomer(['123 abc'], 'x', ['123abc'])).toBe(false);
  expect(lacksCountryCode('customer1234567')).toBe(false);
  expect(lacksCountryCode('1234567customer')).toBe(false);
  expect(lacksCountryCode('123456789012345')).toBe(true);
  expect(lacksCountryCode('1234567890123456')).toBe(false);
});

test('what is no number lacks no country code', () => {
  for (const entry of ['+15125550100', '20779', 'kim@example.com', '@example.com', 'Kim Lee', 'cust_1'])
    expect(lacksCountryCode(entry), entry).toBe(false);
});

test('an entry is one customer, or all of a domain', () => {
  for (const entry of ['@example.com', '*@example.com', 'example.com', '@b\u00fccher\u3002example'])
    expect(isDomainEntry(entry), entry).toBe(true);
  for (const entry of ['kim@example.com', '512.555.0100', 'cust-1', 'Kim <kim@example.com>'])
    expect(isDomainEntry(entry), entry).toBe(false);
});
