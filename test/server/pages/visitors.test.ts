import { describe, expect, test } from 'vitest';
import { visitorWatch, type PageVisit } from '../../../src/server/pages/visitors.ts';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0';
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1';

function look(change: Partial<PageVisit> = {}, headers: Record<string, string> = {}): PageVisit {
  return {
    method: 'GET',
    headers: new Headers({ 'user-agent': firefox, ...headers }),
    rating: null,
    token: 'one',
    at: 0,
    ...change,
  };
}

describe('who looks at a survey', () => {
  test('a person opens the page, or clicks a star', () => {
    expect(visitorWatch()(look())).toBe('opened');
    expect(visitorWatch()(look({ rating: 4 }))).toBe('clicked');
    expect(visitorWatch()(look({}, { 'user-agent': iphone }))).toBe('opened');
  });

  test.each([
    [{ method: 'HEAD' }, {}],
    [{}, { 'user-agent': '' }],
    [{}, { purpose: 'prefetch' }],
    [{}, { 'sec-purpose': 'prefetch;prerender' }],
    [{}, { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }],
    [{}, { 'user-agent': 'facebookexternalhit/1.1' }],
    [{}, { 'user-agent': 'Mozilla/5.0 (compatible; bingbot/2.0)' }],
    [{}, { 'user-agent': 'python-requests/2.32' }],
    [{}, { 'user-agent': 'curl/8.5.0' }],
  ])('a program is suspected: %j %j', (change, headers) => {
    expect(visitorWatch()(look({ rating: 5, ...change }, headers))).toBe('scanner');
  });

  test('who follows several stars of one mail within seconds follows every link', () => {
    const watch = visitorWatch();
    const kinds = [1, 2, 3, 4, 5].map((rating) => watch(look({ rating, at: rating * 100 })));
    expect(kinds).toEqual(['clicked', 'scanner', 'scanner', 'scanner', 'scanner']);
  });

  test('the same star again, another mail, and a change of mind later are a person', () => {
    const watch = visitorWatch();
    expect(watch(look({ rating: 4, at: 0 }))).toBe('clicked');
    expect(watch(look({ rating: 4, at: 1000 }))).toBe('clicked');
    expect(watch(look({ rating: 2, at: 1000, token: 'two' }))).toBe('clicked');
    expect(watch(look({ rating: 5, at: 60_000 }))).toBe('clicked');
  });
});
