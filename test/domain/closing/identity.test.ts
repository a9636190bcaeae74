import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  adoptedClosing,
  closingIdOf,
  closingTime,
  credibleTime,
  isSameClosing,
  openingIdOf,
  trialOf,
  withoutLane,
  type KnownClosing,
} from '../../../src/domain/closing/identity.ts';
import { formatInstant } from '../../../src/domain/values/instant.ts';
import { readTimeline } from '../../../src/domain/attribution/timeline.ts';
import { at, item } from '../attribution/items.ts';

const closedAt = '2026-11-22T10:00:00.000Z';
const after = (milliseconds: number): string => new Date(Date.parse(closedAt) + milliseconds).toISOString();

function known(time: string, reopenedAt: string | null = null): KnownClosing {
  return { id: closingIdOf('conversation-1', time, 'live'), closedAt: time, reopenedAt };
}

describe('the same closing', () => {
  test.each([0, 1, 1000, 59_000, 60_000, -1, -59_000, -60_000])('seen %d ms away', (distance) => {
    const first = known(closedAt);
    expect(adoptedClosing([first], after(distance))).toBe(first);
  });

  test.each([60_001, 61_000, -60_001, -61_000, 86_400_000])('another one %d ms away', (distance) => {
    expect(adoptedClosing([known(closedAt)], after(distance))).toBeNull();
  });

  test('of several the nearest, in whichever order they are known', () => {
    const early = known(closedAt);
    const late = known(after(50_000));
    expect(adoptedClosing([early, late], after(20_000))).toBe(early);
    expect(adoptedClosing([late, early], after(20_000))).toBe(early);
    expect(adoptedClosing([early, late], after(30_000))).toBe(late);
    // At the same distance, the first in the list.
    expect(adoptedClosing([early, late], after(25_000))).toBe(early);
    expect(adoptedClosing([late, early], after(25_000))).toBe(late);
  });

  test('nothing is known, or the time is no time', () => {
    expect(adoptedClosing([], closedAt)).toBeNull();
    expect(adoptedClosing([known(closedAt)], 'soon')).toBeNull();
  });

  test('any report within 60 s is adopted, any other is not', () => {
    fc.assert(
      fc.property(fc.integer({ min: -120_000, max: 120_000 }), (distance) => {
        const adopted = adoptedClosing([known(closedAt)], after(distance)) !== null;
        expect(adopted).toBe(Math.abs(distance) <= 60_000);
      }),
    );
  });
});

describe('a closing whose conversation was seen reopened', () => {
  const reopened = known(closedAt, after(20_000));

  test('is not adopted by a later time', () => {
    expect(adoptedClosing([reopened], after(20_001))).toBeNull();
    expect(adoptedClosing([reopened], after(59_000))).toBeNull();
  });

  test('is adopted by another source that tells of the closing before it', () => {
    expect(adoptedClosing([reopened], after(2000))).toBe(reopened);
    expect(adoptedClosing([reopened], after(-5000))).toBe(reopened);
    expect(adoptedClosing([reopened], after(20_000))).toBe(reopened);
  });

  test('is not adopted by an earlier time that a reopening lies after', () => {
    expect(adoptedClosing([known(closedAt)], after(-30_000), after(-10_000))).toBeNull();
    expect(adoptedClosing([known(closedAt)], after(-30_000), closedAt)).not.toBeNull();
    expect(adoptedClosing([known(closedAt)], after(30_000), after(40_000))).not.toBeNull();
  });

  test('leaves the time to the closing that followed, though it is farther away', () => {
    const second = known(after(55_000));
    expect(adoptedClosing([reopened, second], after(25_000))).toBe(second);
  });
});

describe('the id of a closing', () => {
  test('tells conversation and time', () =>
    expect(closingIdOf('c1', closedAt, 'live')).toBe(`c1@${closedAt}`));

  test('of its trial says so, and is the same without it', () => {
    expect(closingIdOf('c1', closedAt, 'trial')).toBe(`c1@${closedAt}#trial`);
    expect(trialOf(`c1@${closedAt}`)).toBe(`c1@${closedAt}#trial`);
    expect(['c1@x#trial', 'c1@x', 'c1#trial@x'].map(withoutLane)).toEqual(['c1@x', 'c1@x', 'c1#trial@x']);
  });

  test('differs for every conversation and every time, whatever the ids look like', () => {
    const ids = fc.string({ unit: 'binary' });
    const times = fc.integer({ min: 0, max: 4_000_000_000_000 }).map((ms) => new Date(ms).toISOString());
    fc.assert(
      fc.property(ids, times, ids, times, (one, oneTime, other, otherTime) => {
        const isSame = one === other && oneTime === otherTime;
        expect(closingIdOf(one, oneTime, 'live') === closingIdOf(other, otherTime, 'live')).toBe(isSame);
      }),
    );
  });
});

describe('when a conversation closed', () => {
  const change = (status: string, time: string): unknown =>
    item('CONVERSATION_STATUS_CHANGE', { at: at(time), content: { status } });
  const timeOf = (told: unknown, items: readonly unknown[]): string | null => {
    const time = closingTime(told, readTimeline(items));
    return time === null ? null : formatInstant(time);
  };

  test('as Gladly tells it', () => {
    expect(timeOf('2026-11-22T12:00:00+01:00', [change('CLOSED', '10:00')])).toBe(at('11:00'));
  });

  test('else the last change of its status to CLOSED, in whichever order the items come', () => {
    const items = [
      change('CLOSED', '10:00'),
      change('OPEN', '10:30'),
      change('CLOSED', '11:00'),
      item('CUSTOMER_ACTIVITY', { at: at('12:00') }),
    ];
    expect(timeOf(undefined, items)).toBe(at('11:00'));
    expect(timeOf(null, items.toReversed())).toBe(at('11:00'));
  });

  test('else the last item with a readable time', () => {
    const items = [
      item('EMAIL', { at: at('10:00') }),
      item('EMAIL', { at: at('09:00') }),
      item('EMAIL', { at: 'tomorrow' }),
    ];
    expect(timeOf('2026-02-30T10:00:00Z', items)).toBe(at('10:00'));
  });

  test('a text CLOSED elsewhere is no change of status', () => {
    const items = [
      item('EMAIL', { at: at('10:00'), content: { status: 'CLOSED' } }),
      item('EMAIL', { at: at('10:30') }),
    ];
    expect(timeOf(null, items)).toBe(at('10:30'));
  });

  test('nobody knows', () => {
    expect(timeOf(null, [])).toBeNull();
    expect(timeOf('', [item('EMAIL', { at: '' })])).toBeNull();
  });
});

describe('the time that people are told', () => {
  test.each([
    ['the one reported, where the conversation shows nearly the same', 60_000, closedAt],
    ['the one shown, where it is quite another', 60_001, after(60_001)],
    ['the one shown, also where it is earlier', -60_001, after(-60_001)],
  ])('is %s', (_, distance, expected) => {
    expect(credibleTime(closedAt, after(distance))).toBe(expected);
  });

  test('is the one reported where nothing is shown, and none where none was', () => {
    expect([credibleTime(closedAt, null), credibleTime(closedAt, undefined)]).toEqual([closedAt, closedAt]);
    expect(credibleTime(null, closedAt)).toBeNull();
  });
});

describe('a closing in another lane', () => {
  const one = { conversationId: 'c1', closedAt: 1_000_000 };

  test.each([
    [{ conversationId: 'c1', closedAt: 1_060_000 }, true],
    [{ conversationId: 'c1', closedAt: 940_000 }, true],
    [{ conversationId: 'c1', closedAt: 1_060_001 }, false],
    [{ conversationId: 'c1', closedAt: 939_999 }, false],
    [{ conversationId: 'c2', closedAt: 1_000_000 }, false],
    [{ conversationId: 'c1', closedAt: null }, false],
  ])('%j is the same: %s', (other, expected) => expect(isSameClosing(one, other)).toBe(expected));
});

test('a closing without a time is no other closing, not even of 1970', () => {
  const one = { conversationId: 'c', closedAt: 0 };
  expect(isSameClosing(one, { conversationId: 'c', closedAt: null })).toBe(false);
  expect(isSameClosing(one, { conversationId: 'c', closedAt: 0 })).toBe(true);
});

describe('a conversation that is open', () => {
  const change = (status: string, time: string): unknown =>
    item('CONVERSATION_STATUS_CHANGE', { at: at(time), content: { status } });
  const idOf = (...items: unknown[]): string => openingIdOf('conversation-1', readTimeline(items));
  const once = [item('EMAIL', { at: at('09:00') }), change('CLOSED', '10:00'), change('OPEN', '10:30')];

  test('is the same one until it closes', () => {
    expect(idOf()).toBe(idOf(item('EMAIL', { at: at('09:00') }), change('WAITING', '09:30')));
    expect(idOf(...once)).toBe(idOf(...once, item('EMAIL', { at: at('11:00') }), change('WAITING', '11:30')));
  });

  test('has an id that says since when', () => {
    expect(idOf()).toBe('conversation-1@open');
    expect(idOf(...once)).toBe(`conversation-1@open since ${at('10:00')}`);
  });

  test('is another one after each closing, and none of the closings', () => {
    const twice = [...once, change('CLOSED', '12:00'), change('OPEN', '13:00')];
    const ids = [idOf(), idOf(...once), idOf(...twice)];
    const closings = [at('10:00'), at('12:00')].map((time) => closingIdOf('conversation-1', time, 'live'));
    expect(new Set([...ids, ...closings]).size).toBe(5);
  });
});
