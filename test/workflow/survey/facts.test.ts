import { expect, test } from 'vitest';
import { attribute } from '../../../src/domain/attribution/credit.ts';
import { readEvidence } from '../../../src/domain/attribution/evidence.ts';
import { readTimeline } from '../../../src/domain/attribution/timeline.ts';
import { evidenceOf } from '../../../src/workflow/survey/facts.ts';

test('the evidence of a timeline without bounds has bounds, names the winner, and says what it leaves out', () => {
  const items = readTimeline(
    Array.from({ length: 100_000 }, (_, number) => ({
      id: `item-${number}`,
      timestamp: new Date(Date.UTC(2026, 0, 1) + number * 1000).toISOString(),
      initiator: { id: `agent-${number}`, type: number === 3 ? 'AGENT' : `KIND-${number}` },
      content: { type: 'PHONE_CALL', answeredAt: '2026-01-01T00:00:00Z', recordingStatus: 'AVAILABLE' },
    })),
  );
  const attribution = attribute({ items, closedAt: null, isExcluded: () => false });
  const [topics, agents, inboxes] = [new Map(), new Map(), new Map()];
  const conversation = {
    ...{ id: 'c1', status: 'CLOSED', createdAt: null, closedAt: null, customerId: 'k1' },
    ...{ agentId: null, inboxId: null, topicIds: [] },
  };
  const read = { conversation, topics, agents, inboxes, items, truncated: false, readAt: '' };
  const evidence = evidenceOf(
    read as unknown as Parameters<typeof evidenceOf>[0],
    {
      attribution,
      confidence: 'exact',
      unsolved: false,
      troubles: [],
      agent: null,
      closedBy: null,
      warnings: [],
    },
    { id: 'c1@', closedAt: null, reopened: false },
  );
  const { timeline, recordings } = evidence;
  expect(evidence.attribution).toMatchObject({ itemId: 'item-3' });
  expect(timeline.considered.filter(({ why }) => why === 'last response')).toMatchObject([
    { itemId: 'item-3' },
  ]);
  expect(timeline.items).toBe(100_000);
  expect(timeline.considered.length + (timeline.omitted?.items ?? 0)).toBe(100_000);
  expect(recordings.at(-1)).toMatchObject({ itemId: 'item-99999' });
  expect(JSON.stringify(evidence).length).toBeLessThan(300_000);
  expect(readEvidence(JSON.parse(JSON.stringify(evidence)))).toEqual(evidence);
});
