import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  hasAllOptOutTopics,
  hasOptOutTopic,
  namelessTopics,
  optOutTopic,
  type TopicEntry,
} from '../../../src/domain/eligibility/topics.ts';

const optOut = ['do_not_send_stella'];

function directory(
  ...entries: [id: string, name: string | null, parentId?: string][]
): Map<string, TopicEntry> {
  return new Map(entries.map(([id, name, parentId]) => [id, { id, name, parentId: parentId ?? null }]));
}

describe('a conversation opts out', () => {
  test('by a topic of its own, whichever of them', () => {
    const topics = directory(['t1', 'Billing'], ['t2', 'do_not_send_stella']);
    expect(optOutTopic(['t1', 't2'], topics, optOut)).toEqual({
      name: 'do_not_send_stella',
      via: 'do_not_send_stella',
    });
  });

  test('by an ancestor of one, however far up', () => {
    const topics = directory(['t1', 'Spam', 't2'], ['t2', 'Noise', 't3'], ['t3', 'do_not_send_stella']);
    expect(optOutTopic(['t1'], topics, optOut)).toEqual({ name: 'do_not_send_stella', via: 'Spam' });
  });

  test.each([
    'Do_Not_Send_Stella',
    'DO_NOT_SEND_STELLA',
    '  do_not_send_stella\t',
    '\u00a0do_not_send_stella ',
  ])('with the spelling %j on either side', (spelling) => {
    expect(optOutTopic(['t1'], directory(['t1', spelling]), optOut)).not.toBeNull();
    expect(optOutTopic(['t1'], directory(['t1', 'do_not_send_stella']), [spelling])).not.toBeNull();
  });

  test('by any name of the list', () => {
    const topics = directory(['t1', 'No survey']);
    expect(optOutTopic(['t1'], topics, [...optOut, 'no survey'])).toEqual({
      name: 'No survey',
      via: 'No survey',
    });
  });
});

describe('of several topics, one is enough', () => {
  const topics = directory(
    ['t1', 'Billing'],
    ['t2', 'do_not_send_stella'],
    ['t3', 'Do_Not_Send_Stella ', 't1'],
    ['t4', 'do_not_send_stella_2'],
    ['t5', 'Legal', 't3'],
    ['t6', 'do\u200b_not_send_stella'],
  );

  test.each([
    [['t2']],
    [['t3']],
    [['t6']],
    [['t1', 't4', 't2']],
    [['t4', 't5', 't1']],
    [['gone', 't3']],
    [['t3', 't3']],
  ])('wherever it stands, and whichever of those of the same name: %j', (topicIds) =>
    expect(optOutTopic(topicIds, topics, optOut)).not.toBeNull(),
  );

  test.each([[['t1', 't4']], [['gone', 't1']], [[]]])('without one there is none: %j', (topicIds) =>
    expect(optOutTopic(topicIds, topics, optOut)).toBeNull(),
  );
});

describe('a conversation does not opt out', () => {
  test.each(['do_not_send', 'do_not_send_stella_2', 'do not send stella', ''])('by the name %j', (name) => {
    expect(optOutTopic(['t1'], directory(['t1', name]), optOut)).toBeNull();
  });

  test('by a child of its topic', () => {
    const topics = directory(['t1', 'Billing'], ['t2', 'do_not_send_stella', 't1']);
    expect(optOutTopic(['t1'], topics, optOut)).toBeNull();
  });

  test('by a topic id that looks like the name: the directory has the names', () => {
    expect(optOutTopic(['do_not_send_stella'], directory(['t1', 'Billing']), optOut)).toBeNull();
  });

  test('without topics, without names, with unknown topics or unnamed ones', () => {
    const topics = directory(['t1', null, 'gone'], ['t2', 'Billing']);
    expect(optOutTopic([], topics, optOut)).toBeNull();
    expect(optOutTopic(['t1', 't2', 't9'], topics, optOut)).toBeNull();
    expect(optOutTopic(['t2'], topics, [])).toBeNull();
  });
});

test('the search goes on above an unnamed topic, which is then named by its id', () => {
  const topics = directory(['t1', null, 't2'], ['t2', 'do_not_send_stella']);
  expect(optOutTopic(['t1'], topics, optOut)).toEqual({ name: 'do_not_send_stella', via: 't1' });
});

test('parents in a loop end the search, and topics in the loop or after it are found', () => {
  const looping = directory(['t1', 'A', 't2'], ['t2', 'B', 't3'], ['t3', 'C', 't1'], ['self', 'D', 'self']);
  expect(optOutTopic(['t1', 'self'], looping, optOut)).toBeNull();
  looping.set('t3', { id: 't3', name: 'do_not_send_stella', parentId: 't1' });
  for (const start of ['t1', 't2', 't3']) expect(optOutTopic([start], looping, optOut)).not.toBeNull();
  expect(optOutTopic(['self', 't1'], looping, optOut)).not.toBeNull();
});

test('any directory has an answer, and only names of the list are one', () => {
  const ids = fc.constantFrom<string[]>('a', 'b', 'c', 'd', 'e');
  const entry = fc.record({
    id: ids,
    name: fc.option(fc.constantFrom('Billing', 'Stop ', 'stop', 'Other')),
    parentId: fc.option(ids),
  });
  fc.assert(
    fc.property(fc.array(entry), fc.array(ids), (entries, topicIds) => {
      const topics = new Map(entries.map((topic) => [topic.id, topic]));
      const stops = (id: string | null, left: number): boolean => {
        const topic = id === null || left === 0 ? undefined : topics.get(id);
        if (topic === undefined) return false;
        return topic.name?.trim().toLowerCase() === 'stop' || stops(topic.parentId, left - 1);
      };
      const expected = topicIds.some((id) => stops(id, 6));
      expect(optOutTopic(topicIds, topics, ['STOP']) !== null).toBe(expected);
    }),
  );
});

test('whether the organization has an opt-out topic', () => {
  expect(hasOptOutTopic(['Billing', ' Do_Not_Send_Stella'], optOut)).toBe(true);
  expect(hasOptOutTopic(['Billing'], optOut)).toBe(false);
  expect(hasOptOutTopic([], optOut)).toBe(false);
  expect(hasOptOutTopic(['Billing'], [])).toBe(false);
});

test('topics without a name are known from those that are gone, up to the last ancestor', () => {
  const topics = directory(
    ['t1', 'Billing'],
    ['t2', null, 't1'],
    ['t3', ' \t', 't4'],
    ['t4', 'Legal', 't5'],
    ['t6', 'Loop', 't7'],
    ['t7', 'Loop', 't6'],
  );
  expect(namelessTopics(['t1'], topics)).toEqual({ unnamed: [], gone: [] });
  expect(namelessTopics(['t2', 't3'], topics)).toEqual({ unnamed: ['t2', 't3'], gone: ['t5'] });
  expect(namelessTopics(['t4', 't9', 't9'], topics)).toEqual({ unnamed: [], gone: ['t9', 't5'] });
  expect(namelessTopics(['t6'], topics)).toEqual({ unnamed: [], gone: [] });
  expect(namelessTopics([], topics)).toEqual({ unnamed: [], gone: [] });
});

test('whether each opt-out topic is in the directory, in any spelling', () => {
  const topics = directory(['t1', 'Billing'], ['t2', ' Do_Not_Send_Stella'], ['t3', null]);
  expect(hasAllOptOutTopics(topics, optOut)).toBe(true);
  expect(hasAllOptOutTopics(topics, [...optOut, 'BILLING'])).toBe(true);
  expect(hasAllOptOutTopics(topics, [...optOut, 'No survey'])).toBe(false);
  expect(hasAllOptOutTopics(topics, ['No survey'])).toBe(false);
  expect(hasAllOptOutTopics(topics, [])).toBe(true);
  expect(hasAllOptOutTopics(directory(), optOut)).toBe(false);
});
