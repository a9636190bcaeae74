import { expect, test } from 'vitest';
import { isExcludedAgent } from '../../../src/domain/eligibility/excluded-agents.ts';

test.each([
  ['agent-7', 'agent-7', null],
  [' Agent-7 ', 'agent-7', null],
  ['Ann@Example.com', 'a', 'ann@example.com'],
  ['ann@xn--bcher-kva.example', 'a', 'ann@b\u00fccher.example'],
  ['ann@b\u00fccher.example', 'a', 'ann@bu\u0308cher.example'],
  ['ann@b\u00fccher.example.', 'a', 'ann@XN--BCHER-KVA.example'],
  ['\u200bann@example.com', 'a', 'ann@example.com'],
  ['ann\uff20example.com', 'a', 'ann@example.com'],
  ['Ann Lee <ann@example.com>', 'a', 'ann@example.com'],
  ['mailto:ann@example.com', 'a', 'ann@example.com'],
])('%j excludes agent %j with %j', (entry, id, email) => {
  expect(isExcludedAgent([entry], id, email)).toBe(true);
});

test.each([
  ['ann@bucher.example', 'a', 'ann@b\u00fccher.example'],
  ['example.com', 'a', 'ann@example.com'],
  ['agent-7', 'agent-70', null],
])('%j does not exclude agent %j with %j', (entry, id, email) => {
  expect(isExcludedAgent([entry], id, email)).toBe(false);
});
