import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nothingFilledIn, readAnswerForm } from '../../../src/server/pages/answer-form.ts';

const urlencoded = 'application/x-www-form-urlencoded';

const read = (body: string | FormData | Uint8Array<ArrayBuffer>, type: string | null = urlencoded) =>
  readAnswerForm(
    new Request('http://localhost/s/x', {
      method: 'POST',
      body,
      ...(type === null ? {} : { headers: { 'content-type': type } }),
    }),
  );

const commentOf = async (comment: string): Promise<unknown> => {
  const form = await read(new URLSearchParams({ rating: '5', comment }).toString());
  return typeof form === 'string' ? form : form.comment;
};

const nothingMore = { reason: '', answer: '' };

describe('the form of an answer', () => {
  test('as a browser sends it', async () => {
    expect(await read('rating=4&resolved=yes&comment=Thank+you%21')).toEqual({
      rating: 4,
      resolved: true,
      comment: 'Thank you!',
      ...nothingMore,
    });
    expect(await read('rating=1&resolved=no&comment=')).toEqual({
      rating: 1,
      resolved: false,
      comment: null,
      ...nothingMore,
    });
    expect(await read('rating=3')).toEqual({ rating: 3, resolved: null, comment: null, ...nothingMore });
    expect(await read('rating=1&reason=Slow+reply&answer=+Longer%0D%0Ahours%07+')).toMatchObject({
      reason: 'Slow reply',
      answer: 'Longer\nhours',
    });
  });

  test('as parts', async () => {
    const form = new FormData();
    form.set('rating', '2');
    form.set('resolved', 'no');
    form.set('comment', 'größer & ☆\r\nzwei');
    expect(await read(form, null)).toEqual({
      rating: 2,
      resolved: false,
      comment: 'größer & ☆\nzwei',
      ...nothingMore,
    });
  });

  test('a file is no answer', async () => {
    const form = new FormData();
    form.set('rating', new Blob(['5']), 'rating.txt');
    form.set('comment', new Blob(['hello']), 'comment.txt');
    expect(await read(form, null)).toEqual(nothingFilledIn);
  });

  test.each(['0', '6', '-1', '4.5', ' 4', '4 ', '04', '1e0', '٤', '', 'five', '4\n'])(
    'rating %j is none',
    async (rating) => {
      expect(await read(new URLSearchParams({ rating }).toString())).toMatchObject({ rating: null });
    },
  );

  test.each(['', 'maybe', 'YES', 'true', 'constructor', '__proto__'])(
    'resolved %j is not answered',
    async (resolved) => {
      expect(await read(new URLSearchParams({ rating: '4', resolved }).toString())).toMatchObject({
        rating: 4,
        resolved: null,
      });
    },
  );

  test('two different answers to one question are none, and of two comments the last one counts', async () => {
    expect(await read('rating=1&rating=5&resolved=yes&resolved=no&comment=a&comment=b')).toEqual({
      rating: null,
      resolved: null,
      comment: 'b',
      ...nothingMore,
    });
    expect(await read('rating=1&reason=a&reason=b&answer=1&answer=2')).toMatchObject(nothingMore);
    expect(await read('rating=1&reason=a&reason=a&answer=1&answer=1')).toMatchObject({
      reason: 'a',
      answer: '1',
    });
    expect(await read('rating=5&rating=5&resolved=no&resolved=no')).toMatchObject({
      rating: 5,
      resolved: false,
    });
  });

  test.each(['text/plain', 'application/json', 'application/x-www-form-urlencodedx', null])(
    'type %s is not read',
    async (type) => {
      expect(await read(new Uint8Array(Buffer.from('rating=5')), type)).toBe('wrong_type');
    },
  );

  test('broken parts are said to be', async () => {
    expect(await read('no parts at all', 'multipart/form-data; boundary=x')).toBe('not_understood');
    expect(await read('no boundary', 'multipart/form-data')).toBe('not_understood');
  });
});

describe('a comment', () => {
  test.each([
    ['one\r\ntwo\rthree\nfour', 'one\ntwo\nthree\nfour'],
    ['  \r\n spaced \t ', 'spaced'],
    ['nul\u0000l, bell\u0007, escape\u001b[31m, c1\u009b', 'null, bell, escape[31m, c1'],
    ['\u202eturned', 'turned'],
    ['👩‍👩‍👧 and مرحبا', '👩‍👩‍👧 and مرحبا'],
    [' \n\t\u0000', null],
  ])('%j is kept as %j', async (given, kept) => {
    expect(await commentOf(given)).toBe(kept);
  });

  test('broken bytes become what can be shown', async () => {
    expect(await read('rating=5&comment=a%FF%C3b%ED%A0%80')).toMatchObject({
      rating: 5,
      comment: expect.stringMatching(/^a\ufffd+b\ufffd+$/),
    });
    expect(await read('rating=5&comment=100%&x=%zz')).toMatchObject({ rating: 5, comment: '100%' });
  });

  test('any text is kept well-formed and without controls, and reading it again changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (given) => {
        const kept = await commentOf(given);
        const text = typeof kept === 'string' ? kept : '';
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        expect(await commentOf(text)).toBe(kept);
      }),
    );
  });
});
