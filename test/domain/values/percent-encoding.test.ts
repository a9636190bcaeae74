import { expect, test } from 'vitest';
import { percentDecoded } from '../../../src/domain/values/percent-encoding.ts';

test.each([
  ['', ''],
  ['kim@example.com', 'kim@example.com'],
  ['kim%40example.com', 'kim@example.com'],
  ['100%25', '100%'],
  ['caf%C3%A9', 'café'],
  ['a+b', 'a+b'],
])('%j is %j', (text, decoded) => {
  expect(percentDecoded(text)).toBe(decoded);
});

test.each(['100%', '%zz', '%E9', '%C3', '%ff%fe'])('%j has a percent sign that encodes nothing', (text) => {
  expect(percentDecoded(text)).toBeNull();
});
