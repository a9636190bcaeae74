import { expect, test } from 'vitest';
import { conversationUrl } from '../../../src/domain/survey/conversation-url.ts';

const parts = { origin: 'https://acme.gladly.com', customerId: 'cust/1', conversationId: 'conv?2' };

test.each([
  [
    '{origin}/customer/{customerId}/conversation/{conversationId}',
    'https://acme.gladly.com/customer/cust%2F1/conversation/conv%3F2',
  ],
  ['https://desk.example/{conversationId}/{conversationId}', 'https://desk.example/conv%3F2/conv%3F2'],
  ['https://desk.example/{customerId}?{customerId}', 'https://desk.example/cust%2F1?cust%2F1'],
  ['{origin}/?{origin}', 'https://acme.gladly.com/?https://acme.gladly.com'],
  ['', null],
  ['/conversation/{conversationId}', null],
])('the pattern %j is %j', (pattern, url) => expect(conversationUrl(pattern, parts)).toBe(url));
