import { sampleForm, sampleReasons } from '../../support/forms.ts';
import { largestBody } from '../../../src/server/body.ts';
import { noFormAnswers } from '../../../src/domain/survey/form.ts';
import { describe, expect, test } from 'vitest';
import { languages, wordsOf } from '../../../src/html/languages.ts';
import { mailLogoOf, type PageBrand } from '../../../src/html/brand.ts';
import { brandPagesOf } from '../../../src/server/pages/brand-pages.ts';
import { noticePages, pageRoutes } from '../../../src/server/pages/pages.ts';
import { openToken, smallDesk, type OpenSurvey, type SmallDesk } from './small-desk.ts';

const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0';

interface Site {
  desk: SmallDesk;
  answered(): number;
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Response>;
  post(path: string, body: string | FormData, headers?: Record<string, string>): Promise<Response>;
}

function site(about: Partial<OpenSurvey> = {}, brand: PageBrand = { color: null, logo: null }): Site {
  const desk = smallDesk(about);
  let answered = 0;
  const routes = pageRoutes({
    desk,
    brandPages: brandPagesOf(brand),
    language: 'en',
    clock: () => 0,
    countAnswer: () => (answered += 1),
  });
  return {
    desk,
    answered: () => answered,
    get: async (path, headers = {}, method = 'GET') =>
      routes.request(path, { method, headers: { 'user-agent': agent, ...headers } }),
    post: async (path, body, headers = {}) =>
      routes.request(path, {
        method: 'POST',
        body,
        headers: {
          'user-agent': agent,
          ...(typeof body === 'string' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
          ...headers,
        },
      }),
  };
}

const survey = `/s/${openToken}`;
const unsubscribing = `/u/${openToken}`;

const checked = (html: string): string[] =>
  [...html.matchAll(/<input[^>]*id="([^"]+)"[^>]* checked>/g)].map((match) => match[1]!);

describe('the survey', () => {
  test('says who asks, about whom and what, and sets no cookie', async () => {
    const { get } = site();
    const response = await get(survey);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('vary')).toBe('Accept-Language');
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(html).toContain('<h1>How did Maria do?</h1>');
    expect(html).toContain('Your email conversation with Acme Outdoor on November\u00a012,\u00a02026');
    expect(html).toContain('4 out of 5 stars – Good');
  });

  test('leads those who want no more surveys to the page for that', async () => {
    const html = await (await site().get(survey)).text();
    expect(html).toContain('<a href="../u/unsubscribe-token">Unsubscribe from these surveys</a>');
  });

  test('holds no script, no inline style, and nothing of another host', async () => {
    const { get, post } = site(
      {},
      { color: '#123456', logo: { type: 'image/png', bytes: Buffer.from('x') } },
    );
    const pages = await Promise.all([
      get(survey),
      post(survey, ''),
      post(survey, 'rating=5'),
      get('/s/none'),
      get(unsubscribing),
      post(unsubscribing, ''),
    ]);
    for (const response of pages) {
      const html = await response.text();
      expect(html).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|javascript:|https?:\/\//i);
      for (const [, address] of html.matchAll(/(?:href|src|action)="([^"]*)"/g)) {
        expect(address).toMatch(/^(?:\.\.\/u\/[\w-]+|\.\.\/assets\/[\w.-]+|\.\/[\w-]+|#[\w-]+)$/);
      }
    }
  });

  test.each([
    ['', null, []],
    ['?rating=4', null, ['rating-4']],
    ['?rating=9', null, []],
    ['?rating=', 2, ['rating-2']],
    ['', 2, ['rating-2']],
    ['?rating=5', 2, ['rating-5']],
    ['?rating=1&rating=3', null, ['rating-1']],
  ])('with %j after an answer of %j: %j is chosen', async (query, before, chosen) => {
    const answer =
      before === null ? null : { rating: before, resolved: null, comment: null, ...noFormAnswers };
    const { get } = site({ answer });
    expect(checked(await (await get(survey + query)).text())).toEqual(chosen);
  });

  test('an answer is there to be changed', async () => {
    const { get } = site({
      answer: { rating: 3, resolved: false, comment: '\n<b>slow</b> & "rude"', ...noFormAnswers },
    });
    const html = await (await get(survey)).text();
    expect(checked(html)).toEqual(['rating-3', 'resolved-no']);
    // The first line break after the tag is not part of the text.
    expect(html).toMatch(/<textarea[^>]*>\n\n&lt;b&gt;slow&lt;\/b&gt; &amp; &quot;rude&quot;<\/textarea>/);
    expect(html).toContain('You’ve already sent us feedback.');
    expect(html).toContain('Update feedback');
  });

  test('looking saves nothing, whoever looks and however often', async () => {
    const { get, desk, answered } = site();
    for (const method of ['GET', 'HEAD']) {
      for (const path of [
        survey,
        `${survey}?rating=1`,
        `${survey}?rating=5&resolved=yes&comment=x`,
        unsubscribing,
      ]) {
        expect((await get(path, {}, method)).status).toBe(200);
      }
    }
    expect(desk.changes()).toBe(0);
    expect(answered()).toBe(0);
  });

  test('a look is noted as what it is', async () => {
    const { get, desk } = site();
    await get(survey);
    await get(`${survey}?rating=4`);
    await get(survey, {}, 'HEAD');
    await get(survey, { 'sec-purpose': 'prefetch' });
    await get('/s/none?rating=4');
    expect(desk.visits).toEqual(['opened', 'clicked', 'scanner', 'scanner']);
  });

  test.each(languages)('speaks %s', async (language) => {
    const { get, post } = site();
    const words = wordsOf(language);
    const response = await get(survey, { 'accept-language': `${language};q=0.9,xx` });
    const html = await response.text();
    expect(response.headers.get('content-language')).toBe(language);
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).toContain(words.page.send);
    expect(html).toContain(words.stars(4));
    const thanks = await (await post(survey, 'rating=4', { 'accept-language': language })).text();
    expect(thanks).toContain(words.page.thanks);
  });

  test('speaks the profile’s language to those whose own it does not speak', async () => {
    const { get } = site({ language: 'de-CH' });
    expect(await (await get(survey, { 'accept-language': 'ja' })).text()).toContain('<html lang="de">');
  });
});

describe('names of strangers', () => {
  const evil = '<img src=x onerror=alert(1)>"\' &amp; </title>';

  test('are text, never markup', async () => {
    const { get, post } = site(
      { companyName: evil, agentFirstName: evil },
      { color: null, logo: { type: 'image/png', bytes: Buffer.from('x') } },
    );
    const answer = `rating=5&comment=${encodeURIComponent(evil)}`;
    for (const response of [await get(survey), await post(survey, answer), await get(unsubscribing)]) {
      const html = await response.text();
      expect(html).not.toContain('<img src=x');
      expect(html.match(/<\/title>/g)).toHaveLength(1);
      expect(html).toContain('&lt;img src=x');
    }
  });

  test('are cut, and can not turn the line around them', async () => {
    const { get } = site({ companyName: 'x'.repeat(500), agentFirstName: '\u202eMaria\u2066' });
    const html = await (await get(survey)).text();
    expect(html).toContain('How did Maria do?');
    expect(html).not.toMatch(/[\u202a-\u202e\u2066]/);
    expect(html).toContain(`${'x'.repeat(79)}…`);
    expect(html).not.toContain('x'.repeat(80));
  });

  test('written from the right stand apart from the words around them', async () => {
    const { get } = site({ agentFirstName: 'מאיה' });
    expect(await (await get(survey)).text()).toContain('How did \u2068מאיה\u2069 do?');
  });

  test('that are empty or invisible give way to neutral words', async () => {
    const { get } = site({ companyName: ' \u200b\u202e', agentFirstName: '\u200d ' });
    const html = await (await get(survey)).text();
    expect(html).toContain('How did we do?');
    expect(html).toContain('with Customer Support on');
    expect(html).not.toContain('<header');
  });
});

describe('an answer', () => {
  test('is saved as it was given, and read back with thanks', async () => {
    const { post, desk, answered } = site();
    const response = await post(survey, 'rating=4&resolved=yes&comment=quick%0D%0Aand+%3Cb%3Efriendly');
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(desk.answers).toEqual([{ rating: 4, resolved: true, comment: 'quick\nand <b>friendly' }]);
    expect(answered()).toBe(1);
    expect(html).toContain('aria-label="4 out of 5 stars"');
    expect(html).toContain('Your issue was resolved.');
    expect(html).toContain('quick\nand &lt;b&gt;friendly');
    expect(html).toContain(`<a class="link" href="./${openToken}">Change my feedback</a>`);
  });

  test('counts once, however often it is sent, and again when it is another', async () => {
    const { post, desk, answered } = site();
    for (const rating of [4, 4, 4, 2]) expect((await post(survey, `rating=${rating}`)).status).toBe(200);
    expect([desk.answers.length, answered()]).toEqual([4, 2]);
  });

  test('with two different ratings is not saved, and asked for again', async () => {
    const { post, desk, answered } = site();
    const response = await post(survey, 'rating=1&rating=5&comment=which%3F');
    const html = await response.text();
    expect(response.status).toBe(422);
    expect(html).toContain('Please choose a rating');
    expect(html).toContain('which?');
    expect([desk.answers.length, answered()]).toEqual([0, 0]);
    expect((await post(survey, 'rating=5&rating=5')).status).toBe(200);
  });

  test('without a rating is not saved, keeps its words, and is asked for', async () => {
    const { post, desk, answered } = site();
    for (const body of ['resolved=no&comment=slow+%26+late', 'rating=6&resolved=no&comment=slow+%26+late']) {
      const response = await post(survey, body);
      const html = await response.text();
      expect(response.status).toBe(422);
      expect(html).toContain('role="alert"');
      expect(html).toContain('<a href="#rating-1">Please choose a rating from 1 to 5 stars.</a>');
      expect(html).toContain('aria-invalid="true" aria-describedby="rating-problem"');
      expect(html).toContain('slow &amp; late</textarea>');
      expect(checked(html)).toEqual(['resolved-no']);
      expect(html).toContain('<title>Not sent yet: How did Maria do?</title>');
    }
    expect(desk.answers).toEqual([]);
    expect(answered()).toBe(0);
  });

  test('of 25,000 characters is taken, and a longer one is given back whole', async () => {
    const { post, desk } = site();
    const long = 'é'.repeat(25_000);
    expect((await post(survey, `rating=5&comment=${encodeURIComponent(long)}`)).status).toBe(200);
    expect(desk.answers[0]?.comment).toBe(long);
    const response = await post(survey, `rating=5&comment=${encodeURIComponent(`${long}!`)}`);
    const html = await response.text();
    expect(response.status).toBe(422);
    expect(html).toContain('Please shorten your comment to 25,000 characters or fewer.');
    expect(html).toContain(`${long}!</textarea>`);
    expect(checked(html)).toContain('rating-5');
    expect(desk.answers).toHaveLength(1);
  });

  test('of 25,000 characters fits with its line ends and the widest characters', async () => {
    const { post, desk } = site();
    const widest = '漢'.repeat(24_999) + '字';
    expect(
      (await post(survey, new URLSearchParams({ rating: '1', comment: widest }).toString())).status,
    ).toBe(200);
    const lines = 'x\r\n'.repeat(12_499) + 'yz';
    expect((await post(survey, new URLSearchParams({ rating: '1', comment: lines }).toString())).status).toBe(
      200,
    );
    expect(desk.answers.map(({ comment }) => comment?.length)).toEqual([25_000, 25_000]);
  });

  test.each(['cross-site'])('that %s sends is refused', async (from) => {
    const { post, desk } = site();
    const response = await post(survey, 'rating=5', { 'sec-fetch-site': from });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('It came from another website.');
    expect(desk.answers).toEqual([]);
  });

  test.each([
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'null' },
    { origin: 'https://mail.example.com' },
  ])('with %j is taken', async (headers) => {
    const { post, desk } = site();
    expect((await post(survey, 'rating=5', headers as Record<string, string>)).status).toBe(200);
    expect(desk.answers).toHaveLength(1);
  });

  test('in another form than a page’s is refused politely', async () => {
    const { post, desk } = site();
    const json = await post(survey, '{"rating":5}', { 'content-type': 'application/json' });
    expect([json.status, await json.text()]).toEqual([
      415,
      expect.stringContaining('open the link in your message'),
    ]);
    const broken = await post(survey, 'x', { 'content-type': 'multipart/form-data; boundary=y' });
    expect(broken.status).toBe(400);
    expect(desk.answers).toEqual([]);
  });

  test('that comes too late gets the page of every closed survey', async () => {
    const { post, get, desk, answered } = site();
    desk.answer = async () => ({
      state: 'closed',
      companyName: 'Acme Outdoor',
      language: 'en',
      brand: null,
      saved: false,
      changed: false,
      problems: [],
    });
    const response = await post(survey, 'rating=5');
    expect(response.status).toBe(404);
    expect(await response.text()).toBe(await (await get('/s/none')).text());
    expect(answered()).toBe(0);
  });
});

describe('a link that leads nowhere', () => {
  const elsewhere = [
    '/s/none',
    `/s/${'A'.repeat(44)}`,
    '/s/none?rating=5',
    `/s/${openToken}x`,
    '/s/%F0%9F%92%A9',
    '/u/none',
  ];

  test('gets one page, the same bytes for all of them and for every method', async () => {
    const { get, post } = site();
    const bodies = new Set<string>();
    const heads = new Set<string>();
    for (const path of elsewhere) {
      for (const response of [
        await get(path),
        await post(path, 'rating=5'),
        await post(path, 'nothing'),
        await get(path, {}, 'HEAD'),
      ]) {
        expect(response.status).toBe(404);
        heads.add(JSON.stringify([...response.headers]));
        bodies.add(await response.text());
      }
    }
    expect(heads.size).toBe(1);
    bodies.delete('');
    expect(bodies.size).toBe(1);
    expect([...bodies][0]).toContain('This link is no longer active');
  });
});

describe('unsubscribing', () => {
  test('GET shows a button and changes nothing', async () => {
    const { get, desk } = site();
    const html = await (await get(unsubscribing)).text();
    expect(html).toContain(`<form method="post" action="./${openToken}">`);
    expect(html).toContain('to stop receiving surveys from Acme Outdoor');
    expect(desk.isUnsubscribed).toBe(false);
  });

  const parts = new FormData();
  parts.set('List-Unsubscribe', 'One-Click');

  test.each<[string, string | FormData, Record<string, string>]>([
    ['one click, as RFC 8058 has it', 'List-Unsubscribe=One-Click', {}],
    ['one click in parts', parts, {}],
    ['nothing', '', {}],
    ['anything', '{"a":', { 'content-type': 'application/json' }],
    ['another site', 'List-Unsubscribe=One-Click', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
  ])('POST of %s acts', async (_what, body, headers) => {
    const { post, get, desk } = site();
    const response = await post(unsubscribing, body, headers);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('You will no longer receive surveys from Acme Outdoor.');
    expect(desk.isUnsubscribed).toBe(true);
    expect((await post(unsubscribing, body, headers)).status).toBe(200);
    expect(await (await get(unsubscribing)).text()).toContain('You’re unsubscribed');
  });

  test('in a trial says that nobody was unsubscribed', async () => {
    const { post, get, desk } = site();
    desk.isTrial = true;
    const response = await post(unsubscribing, 'List-Unsubscribe=One-Click');
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('nobody was unsubscribed');
    expect(await (await get(unsubscribing)).text()).not.toContain('You’re unsubscribed');
  });
});

test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is not taken', async (method) => {
  const { get, desk } = site();
  for (const path of [survey, unsubscribing]) {
    const response = await get(path, {}, method);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
  }
  expect(desk.changes()).toBe(0);
});

describe('what the pages load', () => {
  const logo = { type: 'image/png' as const, bytes: Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1') };

  test('may be kept for ever, and is what the page names', async () => {
    const { get } = site({}, { color: '#ab12cd', logo });
    const html = await (await get(survey)).text();
    const names = [...html.matchAll(/"\.\.(\/assets\/[^"]+)"/g)].map((match) => match[1]!);
    expect(names).toHaveLength(3);
    const responses = await Promise.all(names.map((name) => get(name)));
    for (const response of responses) {
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toContain('immutable');
    }
    const [style, icon, image] = responses;
    expect(style!.headers.get('content-type')).toBe('text/css; charset=utf-8');
    const css = await style!.text();
    expect(css).toContain('--fill: #ab12cd;');
    expect(css).not.toMatch(/undefined|<%|&#|@import|url\(/);
    expect(icon!.headers.get('content-type')).toBe('image/svg+xml');
    expect(image!.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await image!.arrayBuffer()).equals(logo.bytes)).toBe(true);
    expect(html).toContain('alt="Acme Outdoor"');
  });

  test('the logo has a name of its own for mails, which web mail may show', async () => {
    const { get } = site({}, { color: null, logo });
    const image = await get('/assets/logo');
    expect(Buffer.from(await image.arrayBuffer()).equals(logo.bytes)).toBe(true);
    expect(image.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(image.headers.get('cache-control')).not.toContain('immutable');
    expect((await site().get('/assets/logo')).status).toBe(404);
  });

  test('says what the operator wrote, to readers of that language alone', async () => {
    const texts = {
      language: 'en',
      question: 'Was {agent} helpful?',
      resolved: 'Is it fixed?',
      comment: 'Tell us <more>',
      thanksTitle: 'Cheers!',
      thanks: 'We read all of it.',
    };
    const { get, post } = site({}, { color: null, logo: null, texts });
    const html = await (await get(survey)).text();
    expect(html).toMatch(/Was .+ helpful\?/);
    for (const text of ['Is it fixed?', 'Tell us &lt;more&gt;']) expect(html).toContain(text);
    const thanks = await (await post(survey, 'rating=5')).text();
    for (const text of ['Cheers!', 'We read all of it.']) expect(thanks).toContain(text);
    const french = await (await get(survey, { 'Accept-Language': 'fr' })).text();
    expect(french).not.toMatch(/helpful|fixed/);
  });

  test('has another name when it is another thing', async () => {
    const linkOf = async (color: string | null): Promise<string> => {
      const html = await (await site({}, { color, logo: null }).get(survey)).text();
      return /survey-[0-9a-f]+\.css/.exec(html)![0];
    };
    expect(await linkOf('#ab12cd')).not.toBe(await linkOf(null));
    expect(await linkOf('#ab12cd')).toBe(await linkOf('#ab12cd'));
  });

  test('nothing else is there', async () => {
    const { get } = site();
    for (const name of ['survey-0.css', '..%2f..%2fpackage.json', '__proto__', 'constructor']) {
      expect((await get(`/assets/${name}`)).status).toBe(404);
    }
  });
});

test('the server’s own notices are pages too, in the visitor’s language', () => {
  const notice = noticePages({ brandPages: brandPagesOf({ color: null, logo: null }), language: 'es' });
  expect(notice('busy', 'de')).toContain('Einen Moment, bitte');
  expect(notice('broken', null)).toContain('<html lang="es">');
});

describe('brands', () => {
  const gif = (text: string) => ({ type: 'image/gif', bytes: Buffer.from(`GIF89a${text}`) }) as const;
  const brandPages = brandPagesOf(
    { color: '#0b6e4f', logo: gif('acme') },
    new Map([
      [
        'nordwind',
        {
          color: '#8a3b12',
          logo: gif('nordwind'),
          texts: {
            ...{ language: 'en', question: 'Was it warm?', resolved: null, comment: null },
            ...{ thanksTitle: null, thanks: 'Nordwind thanks you.' },
          },
        },
      ],
      ['plain', { color: null, logo: null }],
    ]),
  );
  const visit = (brand: string | null, companyName = 'Nordwind') => {
    const desk = smallDesk({ brand, companyName });
    const routes = pageRoutes({
      desk,
      brandPages,
      language: 'en',
      clock: () => 0,
      countAnswer: () => undefined,
    });
    const get = async (path: string) => routes.request(path, { headers: { 'user-agent': agent } });
    const post = async (path: string, body: string) =>
      routes.request(path, {
        method: 'POST',
        body,
        headers: { 'user-agent': agent, 'content-type': 'application/x-www-form-urlencoded' },
      });
    return { get, post };
  };
  const filesOf = (html: string): string[] =>
    [...html.matchAll(/\.\.\/(assets\/[^"]+)"/g)].map(([, path]) => path!);

  test('each page has the look and the words of the brand of its survey', async () => {
    const { get, post } = visit('nordwind');
    const html = await (await get(`/s/${openToken}`)).text();
    expect(html).toContain('Was it warm?');
    const [stylesheet = '', , logo = ''] = filesOf(html).sort((one, other) => (one < other ? 1 : -1));
    expect(await (await get(`/${stylesheet}`)).text()).toContain('#8a3b12');
    expect(await (await get(`/${logo}`)).text()).not.toContain('#0b6e4f');
    expect(await (await post(`/s/${openToken}`, 'rating=5')).text()).toContain('Nordwind thanks you.');
    for (const path of [`/u/${openToken}`, '/s/none']) {
      expect(await (await get(path)).text()).toContain(stylesheet);
    }
    const own = await (await visit(null).get(`/s/${openToken}`)).text();
    expect(own).not.toContain('Was it warm?');
    expect(filesOf(own)).not.toContain(stylesheet);
  });

  test('a removed brand has no logo or color, nor does a page that belongs to no survey', async () => {
    const plain = await (await visit('plain').get(`/s/${openToken}`)).text();
    for (const brand of ['gone', '']) {
      const html = await (await visit(brand).get(`/s/${openToken}`)).text();
      expect(html).toBe(plain);
      for (const path of filesOf(html)) expect((await visit(brand).get(`/${path}`)).status, path).toBe(200);
    }
    const notice = noticePages({ brandPages, language: 'en' })('busy', null);
    expect(filesOf(notice)).toEqual(filesOf(plain));
  });

  test('a mail finds the logo of its brand, and only of one that has one', async () => {
    const { get } = visit(null);
    expect(await (await get(`/assets/${mailLogoOf(null)}`)).text()).toBe('GIF89aacme');
    const response = await get(`/assets/${mailLogoOf('nordwind')}`);
    expect(await response.text()).toBe('GIF89anordwind');
    expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    for (const brand of ['plain', 'gone'])
      expect((await get(`/assets/${mailLogoOf(brand)}`)).status).toBe(404);
  });
});

describe('a survey with reasons and a question', () => {
  const named = (html: string, name: string): string[] =>
    [...html.matchAll(new RegExp(`<input[^>]*name="${name}"[^>]*value="([^"]*)"`, 'g'))].map(
      (match) => match[1]!,
    );

  test('asks for both, in the language of the visitor where it is written', async () => {
    const { get } = site({ form: sampleForm('choice') });
    const english = await (await get(survey)).text();
    expect(english).toContain('class="asks-2"');
    expect(named(english, 'reason')).toEqual([...sampleReasons.en, '']);
    expect(named(english, 'answer')).toEqual(['A friend', 'Search', '']);
    const german = await (await get(survey, { 'accept-language': 'de-AT' })).text();
    for (const text of ['Was war der Hauptgrund?', 'Falsche Antwort', 'Wie haben Sie uns gefunden?', 'Suche'])
      expect(german).toContain(text);
    // What is sent is the same in every language.
    expect(named(german, 'reason')).toEqual(named(english, 'reason'));
    expect(german).not.toContain('lang="en"');
    const french = await (await get(survey, { 'accept-language': 'fr' })).text();
    expect(french).toContain('<div class="choices" lang="en">');
    expect(french).toContain('<bdi lang="en">How did you find us?</bdi>');
    expect(french).toContain('<span class="choice choice-none" lang="fr">');
  });

  test('without either has nothing of them', async () => {
    const plain = await (await site().get(survey)).text();
    expect(plain).not.toMatch(/name="(?:reason|answer)"|asks-/);
    const reasons = await (await site({ form: sampleForm(null) }).get(survey)).text();
    expect(reasons).not.toContain('name="answer"');
    const question = await (await site({ form: sampleForm('text', { reasons: null }) }).get(survey)).text();
    expect(question).not.toMatch(/name="reason"|asks-/);
    expect(question).toMatch(/<textarea id="answer" name="answer"[^>]* maxlength="2000"/);
  });

  test('repeats what was answered in the visitor’s words, and shows it again to be changed', async () => {
    const { post, get } = site({ form: sampleForm('scale') });
    const body = 'rating=2&reason=Wrong+answer&answer=0';
    const thanks = await post(survey, body, { 'accept-language': 'de' });
    const html = await thanks.text();
    expect(thanks.status).toBe(200);
    expect(html).toMatch(/Ihr Hauptgrund<\/span> <bdi>Falsche Antwort<\/bdi>/);
    expect(html).toMatch(/Würden Sie uns empfehlen\?<\/span> <bdi>0 von 10<\/bdi>/);
    expect(checked(await (await get(survey)).text())).toEqual(['rating-2', 'reason-1', 'answer-0']);
  });

  test('leaves out a reason that a browser sends though it is hidden', async () => {
    const { post, desk } = site({ form: sampleForm('scale') });
    const html = await (await post(survey, 'rating=5&reason=Slow+reply&answer=9')).text();
    expect(html).not.toContain('Slow reply');
    expect(desk.survey.answer).toMatchObject({ rating: 5, reason: null, question: { answer: 9 } });
  });

  test.each([
    ['scale', 'reason=Slow', '#reason-0', 'Please choose one of the reasons below.'],
    ['scale', 'answer=11', '#answer-0', 'Please choose a number from 0 to 10.'],
    ['scale', 'answer=%00', '#answer-0', null],
    ['choice', 'answer=constructor', '#answer-0', 'Please choose one of the answers below.'],
    ['choice', 'answer=Se%E2%80%8Farch', '#answer-0', null],
    [
      'text',
      `answer=${'x'.repeat(2001)}`,
      '#answer',
      'Please shorten your answer to 2,000 characters or fewer.',
    ],
  ] as const)(
    'to a %s with %s keeps what was typed, and says what to do',
    async (kind, sent, target, problem) => {
      const { post, desk, answered } = site({ form: sampleForm(kind) });
      const response = await post(survey, `rating=1&resolved=no&comment=slow+%26+late&${sent}`);
      const html = await response.text();
      if (problem === null) {
        // Invisible characters are removed before the text is checked.
        expect(response.status).toBe(200);
        return;
      }
      expect(response.status).toBe(422);
      expect(html).toContain(`<a href="${target}">${problem}</a>`);
      expect(html).toMatch(new RegExp(`id="${target.slice(1)}"`));
      expect(html).toContain('slow &amp; late</textarea>');
      expect(checked(html)).toEqual(['rating-1', 'resolved-no']);
      if (kind === 'text') expect(html).toContain(`${'x'.repeat(2001)}</textarea>`);
      expect([desk.answers, answered()]).toEqual([[], 0]);
    },
  );

  test('names everything that is wrong at once', async () => {
    const { post } = site({ form: sampleForm('scale') });
    const both = await (await post(survey, 'rating=1&reason=x&answer=y')).text();
    expect(both.match(/<li>/g)).toHaveLength(2);
    const all = await (await post(survey, `answer=y&comment=${'z'.repeat(25_001)}`)).text();
    expect(all.match(/<li>/g)).toHaveLength(3);
  });

  test('takes the longest comment and the longest words, of the widest characters, within what a body may have', async () => {
    const { post, desk } = site({ form: sampleForm('text') });
    const fields = {
      rating: '1',
      reason: 'Slow reply',
      comment: '漢'.repeat(25_000),
      answer: '字'.repeat(2000),
    };
    const body = new URLSearchParams(fields).toString();
    expect(body.length).toBeLessThan(largestBody);
    expect((await post(survey, body)).status).toBe(200);
    expect(desk.survey.answer?.question?.answer).toHaveLength(2000);
  });

  test('what an operator or a customer wrote is text, never markup', async () => {
    const hostile = '<img src=x onerror=alert(1)>"\'&';
    const form = sampleForm('choice', {
      reasons: { en: [hostile] },
      question: { kind: 'choice', text: { en: hostile }, options: { en: [hostile, 'b'] } },
    });
    const { post, get } = site({ form });
    const fields = { rating: '1', reason: hostile, answer: hostile };
    for (const html of [
      await (await get(survey)).text(),
      await (await post(survey, new URLSearchParams(fields).toString())).text(),
      await (await get(survey)).text(),
    ]) {
      expect(html).not.toContain('<img src=x');
      expect(html).toContain('&lt;img src=x');
    }
  });
});
