import { expect, test } from 'vitest';
import { itemShowing } from '../../../src/domain/survey/shown-message.ts';
import { agent, item } from '../attribution/items.ts';

const url = 'https://csat.acme.com/s/token-1';
const showing = (...entries: unknown[]) => itemShowing(entries, url);
const mail = (id: string, content: string, type = 'EMAIL', more: object = {}): object =>
  item(type, { id, initiator: agent('amy'), content: { content, ...more } });

test('the first message that has the link of the survey shows it', () => {
  const other = mail('m0', 'https://csat.acme.com/s/token-2');
  expect(showing(other, mail('m1', `Rate us: ${url}?rating=5`), mail('m2', url))).toEqual({ itemId: 'm1' });
});

test('a program may have set another address before the token', () => {
  expect(showing(mail('m1', 'https://links.example/c?u=token-1', 'SMS'))).toEqual({ itemId: 'm1' });
});

test('a message without an id shows it too', () => {
  expect(showing({ ...mail('', url), id: null })).toEqual({ itemId: null });
});

test.each([
  ['nothing', []],
  ['another link', [mail('m1', 'https://csat.acme.com/s/')]],
  ['a note', [mail('n1', url, 'CONVERSATION_NOTE')]],
  ['a message that failed', [mail('m1', url, 'TEXT', { customChannelId: 'c', status: { value: 'FAILED' } })]],
  ['a link outside of the content', [{ ...mail('m1', 'Hello'), id: 'token-1' }]],
  ['what is no item', [null, 'token-1', ['token-1'], { content: null }]],
])('%s shows none', (_, entries) => expect(showing(...entries)).toBeNull());
