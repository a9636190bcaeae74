import { expect, test } from 'vitest';
import { readEvidence } from '../../../src/domain/attribution/evidence.ts';

test('evidence of an earlier version has nothing where it kept nothing', () => {
  const stored = { conversation: { status: 'CLOSED', topics: [{ id: 't1' }] }, recordings: [] };
  expect(readEvidence(stored)).toEqual({
    conversation: {
      ...{ status: 'CLOSED', createdAt: null, closedAt: null, closing: null },
      ...{ assignedAgentId: null, assignedAgentName: null, inbox: null, topics: [{ id: 't1', name: null }] },
    },
    attribution: null,
    timeline: null,
    recordings: [],
  });
});

test.each([[null], ['evidence'], [{}], [{ conversation: { status: 'CLOSED' }, recordings: [] }]])(
  'what cannot be read is none: %j',
  (stored) => expect(readEvidence(stored)).toBeNull(),
);
