import { expect, test } from 'vitest';
import { readTimeline } from '../../../src/domain/attribution/timeline.ts';
import { closerOf, isByRule, tellsOfClosing } from '../../../src/domain/closing/closer.ts';
import { parseInstant } from '../../../src/domain/values/instant.ts';

const agent = { id: 'amy', type: 'AGENT' };
const rules = { id: 'RULES', type: 'SYSTEM' };

function change(time: string, initiator: unknown, status = 'CLOSED') {
  const timestamp = `2026-11-22T${time}Z`;
  return { id: time, timestamp, initiator, content: { type: 'CONVERSATION_STATUS_CHANGE', status } };
}

function closer(closedAt: string | null, ...items: unknown[]) {
  return closerOf(readTimeline(items), closedAt === null ? null : parseInstant(`2026-11-22T${closedAt}Z`));
}

test('the change that lies nearest to the closing says who made it', () => {
  const items = [change('09:00:00', rules), change('10:00:00.400', agent), change('11:00:00', rules)];
  expect(closer('10:00:00', ...items)).toEqual(agent);
  expect(closer('11:00:59', ...items)).toEqual(rules);
});

test('a change within a minute of the closing is about it, and the timeline tells of it', () => {
  const items = [change('10:00:00', rules), change('10:30:00', agent, 'OPEN')];
  const tells = (time: string): boolean =>
    tellsOfClosing(readTimeline(items), parseInstant(`2026-11-22T${time}Z`) ?? 0n);
  for (const [time, isAbout] of [
    ['10:01:00', true],
    ['09:59:00', true],
    ['10:01:00.001', false],
    ['09:58:59.999', false],
    ['10:30:00', false],
  ] as const) {
    expect(closer(time, ...items)).toEqual(isAbout ? rules : null);
    expect(tells(time)).toBe(isAbout);
  }
});

test('a nearer change counts before a later one, and one without a time not at all', () => {
  expect(closer('10:00:00', change('10:00:05', agent), change('10:00:30', rules))).toEqual(agent);
  expect(closer('10:00:00', change('10:00:05', agent), { ...change('', rules), timestamp: null })).toEqual(
    agent,
  );
});

test('without a time of the closing nobody is known', () => {
  expect(closer(null, change('10:00:00', agent))).toBeNull();
});

test('of changes at the same distance the later one of the list counts', () => {
  expect(closer('10:00:00', change('10:00:00', rules), change('10:00:00', agent))).toEqual(agent);
});

test.each([
  ['the closing has no time', closer(null, change('10:00:00', rules))],
  ['the timeline is empty', closer('10:00:00')],
  ['the only change is of another closing', closer('10:05:00', change('10:00:00', rules))],
  ['the change is to another status', closer('10:00:00', change('10:00:00', rules, 'OPEN'))],
  ['the change names nobody', closer('10:00:00', change('10:00:00', null))],
  ['the change has no time', closer('10:00:00', { ...change('10:00:00', rules), timestamp: 'soon' })],
  ['the initiator cannot be read', closer('10:00:00', change('10:00:00', ['x']))],
])('nobody is known where %s', (_, found) => {
  expect(found).toBeNull();
});

test('only what is certainly no agent is a rule', () => {
  expect(['AUTOMATION', 'SYSTEM', 'API', 'APPLICATION'].map((type) => isByRule({ id: null, type }))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['AGENT', 'CUSTOMER', 'system', 'NEW', ''].map((type) => isByRule({ id: 'x', type }))).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(isByRule(null)).toBe(false);
});
