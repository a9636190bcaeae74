import { expect, test } from 'vitest';
import { isLoopback } from '../../../src/domain/values/loopback.ts';

test.each([
  ['localhost', true],
  ['LocalHost', true],
  ['127.0.0.1', true],
  ['127.9.9.255', true],
  ['::1', true],
  ['[::1]', true],
  ['128.0.0.1', false],
  ['127.0.0.256', false],
  ['127.0.0', false],
  ['127.0.0.', false],
  ['127.0.0.0x1', false],
  ['127.0.0.1e1', false],
  ['127.0.0.1.example.org', false],
  ['127.example.org', false],
  ['localhost.example.org', false],
  ['0.0.0.0', false],
  ['::', false],
  ['', false],
])('%s is this machine: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});
