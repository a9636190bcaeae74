import { expect, test } from 'vitest';
import { responseTexts } from '../../../src/domain/attribution/response-texts.ts';

const item = (id: unknown, content: unknown, type = 'AGENT'): object => ({
  id,
  initiator: { id: 'a1', type },
  content,
});

test('the texts of agents, whatever channel they wrote in', () => {
  const texts = responseTexts([
    item('email', { type: 'EMAIL', subject: 'Re: order', content: 'It is on its way.\n\nKim ' }),
    item('custom', { type: 'TEXT', customChannelId: 'c', content: { text: 'See you' } }),
    item('files', { type: 'FILES', customChannelId: 'c', content: { files: [], caption: 'The label' } }),
    item('customer', { type: 'SMS', content: 'Where is it?' }, 'CUSTOMER'),
    item('call', { type: 'PHONE_CALL' }),
    item('note', { type: 'CONVERSATION_NOTE', body: 'Refunded' }),
    item('redacted', { type: 'SMS', content: null }),
    item('blank', { type: 'SMS', content: '  ' }),
  ]);
  expect(Object.fromEntries(texts)).toEqual({
    email: 'It is on its way.\n\nKim',
    custom: 'See you',
    files: 'The label',
  });
});

test('a long text is shortened between characters, and only the last ones are read', () => {
  const long = `${'x'.repeat(1998)}🙂 and more`;
  const many = Array.from({ length: 100 }, (_, index) =>
    item(`i${index}`, { type: 'SMS', content: 'Hello' }),
  );
  const texts = responseTexts([...many, item('long', { type: 'SMS', content: long })]);
  expect(texts.size).toBe(50);
  expect(texts.get('long')).toHaveLength(2000);
  expect(texts.get('long')?.isWellFormed()).toBe(true);
  expect(texts.get('long')?.endsWith('…')).toBe(true);
  const fitting = 'x'.repeat(2000);
  expect(responseTexts([item('fits', { content: fitting })]).get('fits')).toBe(fitting);
  expect(texts.has('i99')).toBe(true);
  expect(texts.has('i0')).toBe(false);
});

test('a text without an id is no one’s', () => {
  expect(responseTexts([item(null, { type: 'SMS', content: 'Hello' })]).size).toBe(0);
});

test.each([[null], ['text'], [{ id: 7 }], [{ id: 'x', initiator: 'AGENT', content: 5 }], [[]]])(
  'no item is not a fault: %j',
  (entry) => {
    expect(responseTexts([entry]).size).toBe(0);
  },
);
