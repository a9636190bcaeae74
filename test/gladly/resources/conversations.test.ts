import { describe, expect, test } from 'vitest';
import { clientFor, conversation, failureOf } from '../local-gladly.ts';

describe('a conversation', () => {
  test('is read with its times in UTC milliseconds', async () => {
    const client = await clientFor({ ...conversation, somethingNew: { deep: [1] } });
    expect(await client.getConversation('c1')).toEqual({
      id: 'c1',
      customerId: 'u1',
      agentId: 'a1',
      inboxId: 'i1',
      topicIds: ['t1'],
      status: 'CLOSED',
      createdAt: '2026-11-20T08:00:00.000Z',
      closedAt: '2026-11-21T09:30:00.123Z',
    });
  });

  test('reads null as absent, numbers as text, and new statuses', async () => {
    const client = await clientFor({
      id: 17,
      customerId: 23,
      agentId: null,
      inboxId: '',
      topicIds: ['t1', null, 5, '', { id: 't2', name: 'Order' }, { id: 6 }],
      status: 'MERGED',
      createdAt: 'soon',
      closedAt: null,
    });
    expect(await client.getConversation('17')).toEqual({
      id: '17',
      customerId: '23',
      agentId: null,
      inboxId: null,
      topicIds: ['t1', '5', 't2', '6'],
      status: 'MERGED',
      createdAt: null,
      closedAt: null,
    });
  });

  test('whose status is in lower case has that status', async () => {
    const client = await clientFor({ ...conversation, status: 'closed' });
    expect((await client.getConversation('c1')).status).toBe('CLOSED');
  });

  test('of another id is no answer, and passes', async () => {
    const client = await clientFor({ ...conversation, id: 'c2' });
    const failure = await failureOf(client.getConversation('c1'));
    expect([failure.kind, failure.code]).toEqual(['temporary', 'not_an_answer']);
  });

  test.each([[[null]], [['x', 7]], [[[]]]])('a timeline of %j is none', async (items) => {
    const failure = await failureOf((await clientFor(items)).getConversationItems('c1'));
    expect([failure.kind, failure.code]).toEqual(['temporary', 'not_an_answer']);
  });

  test.each(['id', 'customerId', 'status'])('without %s cannot be used', async (field) => {
    const client = await clientFor({ ...conversation, [field]: null });
    const failure = await failureOf(client.getConversation('c1'));
    expect(failure.kind).toBe('contract');
    expect(failure.message).toContain('getConversation for conversation c1');
    expect(failure.message).toContain(field);
    expect(failure.conversationId).toBe('c1');
  });

  test.each([
    [['t1', {}]],
    [[{ name: 'Order' }]],
    [[{ id: null }]],
    [[{ id: '' }]],
    [[{ id: { id: 't1' } }]],
    [[['t1']]],
    [[true, 't1']],
    ['t1'],
    [{ t1: true }],
  ])('with the topics %j cannot be used: any of them may decide', async (topicIds) => {
    const client = await clientFor({ ...conversation, topicIds });
    const failure = await failureOf(client.getConversation('c1'));
    expect([failure.kind, failure.code]).toEqual(['contract', 'unreadable_answer']);
    expect(failure.message).toContain('topicIds');
  });

  test('that is a list cannot be used', async () => {
    expect((await failureOf((await clientFor([conversation])).getConversation('c1'))).kind).toBe('contract');
  });
});
