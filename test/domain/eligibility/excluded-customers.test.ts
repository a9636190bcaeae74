import { expect, test } from 'vitest';
import { isExcludedCustomer } from '../../../src/domain/eligibility/excluded-customers.ts';

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
])('%j does not exclude %j with %j', (entry, customerId, addresses) => {
  expect(isExcludedCustomer(entry === '' ? [] : [entry], customerId, addresses)).toBe(false);
});
