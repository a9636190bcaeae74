import { expect, test } from 'vitest';
import type { EvidenceItem } from '../../src/domain/attribution/evidence.ts';
import type { SurveyDocument } from '../../src/documents/survey.ts';
import { surveyView } from '../../src/terminal/survey-view.ts';
import { screen } from './screen.ts';

/** A document in which everything that others can write is this text. */
function documentOf(text: string): SurveyDocument {
  const item: EvidenceItem = {
    itemId: text,
    type: text,
    at: '2026-11-22T10:00:00.000Z',
    agentId: text,
    agentName: text,
    initiator: text,
    counts: true,
    why: 'last response',
  };
  return {
    conversationId: text,
    outcome: 'failed',
    responseText: text,
    reasons: [{ code: 'opt_out_topic', detail: text }],
    attribution: {
      agent: { id: text, name: text, email: text },
      itemId: text,
      itemType: 'EMAIL',
      channel: 'email',
      respondedAt: '2026-11-22T10:00:00.000Z',
      confidence: 'exact',
      considered: [item],
      omitted: null,
    },
    timeline: { items: 1, truncated: false, considered: [item], omitted: null },
    brand: null,
    conversation: {
      status: text,
      createdAt: null,
      closedAt: null,
      closing: null,
      assignedAgentId: text,
      assignedAgentName: text,
      inbox: { id: text, name: text },
      topics: [{ id: text, name: text }],
    },
    customer: { id: text, name: text, email: text, phone: null },
    recordings: [{ itemId: text, status: text, durationSeconds: 1, bytes: null, path: text }],
    survey: null,
    pause: null,
    fullHour: null,
    warnings: [],
    error: { code: 'bad', message: text, hint: text, conversationId: text },
    requests: { gladly: 1, retried: 0, rateLimited: 0, byOperation: {} },
    steps: [],
  };
}

test('a name with line breaks or terminal commands stays text in its own line', () => {
  const lines = surveyView(documentOf('A\nStatus CLOSED\r\n\u001B[2JCustomer B'), screen()).split('\n');
  const plain = surveyView(documentOf('A'), screen()).split('\n');
  expect(lines.filter((line) => /^(?:Status|Customer) +(?:CLOSED|B)/.test(line))).toEqual([]);
  expect(lines.map((line) => line.slice(0, 13).trim()).slice(0, 6)).toEqual(
    plain.map((line) => line.slice(0, 13).trim()).slice(0, 6),
  );
  expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f]/.test(line))).toEqual([]);
});
