import { sampleForm } from '../../support/forms.ts';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { languages } from '../../../src/html/languages.ts';
import type { PageBrand } from '../../../src/html/brand.ts';
import { chromiumOfFile } from '../../support/browser.ts';
import { lowestContrasts } from './contrast.ts';
import type { Document, Image, Style } from './document.ts';
import { startPages } from './page-server.ts';
import { openToken, smallDesk, type OpenSurvey, type SmallDesk } from './small-desk.ts';

declare const document: Document;
declare function getComputedStyle(element: unknown): Style;

const survey = `/s/${openToken}`;
const standard: PageBrand = { color: null, logo: null };
/** The smallest possible image. */
const dot = Buffer.from('R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=', 'base64');

const browser = chromiumOfFile();

interface Visitor {
  page: Page;
  desk: SmallDesk;
  origin: string;
  open(path?: string): Promise<void>;
  /** What the browser complained about, and which other servers it asked: nothing, on a good page. */
  troubles: string[];
}

interface Circumstances extends BrowserContextOptions {
  about?: Partial<OpenSurvey>;
  brand?: PageBrand;
}

async function visitor({ about, brand = standard, ...context }: Circumstances = {}): Promise<Visitor> {
  const desk = smallDesk(about);
  const server = await startPages(desk, brand);
  const visit = await browser().newContext({ locale: 'en-GB', ...context });
  onTestFinished(async () => {
    await visit.close();
    await server.close();
  });
  const page = await visit.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // The page itself may well be a 404 or a 422.
    if (!/^Failed to load resource: .* status of 4(04|22)/.test(message.text()))
      troubles.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${server.origin}/`)) troubles.push(`asked ${request.url()}`);
  });
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith('/assets/') && !response.ok()) troubles.push(`${response.status()} ${pathname}`);
  });
  return {
    page,
    desk,
    troubles,
    origin: server.origin,
    open: async (path = survey) => {
      await page.goto(server.origin + path);
    },
  };
}

const stars = (page: Page, rating: number) => page.getByRole('radio', { name: `${rating} out of 5 stars` });

async function litStars(page: Page): Promise<number> {
  const fills = await page
    .locator('.star svg')
    .evaluateAll((drawings) => drawings.map((drawing) => getComputedStyle(drawing).fill));
  const lit = fills.filter((fill) => fill === 'rgb(247, 168, 27)').length;
  expect(fills.slice(0, lit).every((fill) => fill === fills[0])).toBe(true);
  return lit;
}

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.id || (document.activeElement?.localName ?? ''));

const overflows = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function expectThanks(page: Page): Promise<void> {
  await expect.poll(() => page.getByRole('heading', { level: 1 }).textContent()).toBe('Thank you!');
}

describe('answering', () => {
  test('with the mouse: stars light up to the one that is clicked, and the answer is saved', async () => {
    const { page, desk, open, troubles } = await visitor({ reducedMotion: 'reduce' });
    await open();
    expect(await litStars(page)).toBe(0);
    for (const rating of [5, 2, 4]) {
      const box = (await page.locator(`.star-${rating}`).boundingBox())!;
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      expect(await stars(page, rating).isChecked()).toBe(true);
      await page.mouse.move(0, 0);
      expect(await litStars(page)).toBe(rating);
    }
    expect(await page.locator('.verdict-4').isVisible()).toBe(true);
    expect(await page.locator('.verdict-0').isVisible()).toBe(false);
    await page.getByRole('radio', { name: 'Yes' }).click();
    await page.getByRole('textbox').fill('Quick!\nFriendly!');
    await page.getByRole('button', { name: 'Send feedback' }).click();
    await expectThanks(page);
    expect(desk.answers).toEqual([{ rating: 4, resolved: true, comment: 'Quick!\nFriendly!' }]);
    expect(troubles).toEqual([]);
  });

  test('with the keyboard alone, and the focus goes from top to bottom and can be seen', async () => {
    const { page, desk, open, troubles } = await visitor();
    await open();
    const order: string[] = [];
    const tab = async (): Promise<void> => {
      await page.keyboard.press('Tab');
      order.push(await focused(page));
    };
    await tab();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const ring = await page.locator('.star-3').evaluate((star) => getComputedStyle(star).outlineStyle);
    expect(ring).toBe('solid');
    await tab();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await tab();
    await page.keyboard.type('By keyboard');
    await tab();
    await page.keyboard.press('Enter');
    await expectThanks(page);
    expect(order).toEqual(['rating-1', 'resolved-yes', 'comment', 'button']);
    expect(desk.answers).toEqual([{ rating: 3, resolved: false, comment: 'By keyboard' }]);
    expect(troubles).toEqual([]);
  });

  test('without script, from the star of the mail to a change of mind', async () => {
    const { page, desk, open, troubles } = await visitor({ javaScriptEnabled: false });
    await open(`${survey}?rating=2`);
    expect(await stars(page, 2).isChecked()).toBe(true);
    expect(desk.changes()).toBe(0);
    await page.getByRole('button').click();
    await page.getByRole('heading', { name: 'Thank you!' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('link', { name: 'Change my feedback' }).click();
    await page.getByText('You’ve already sent us feedback.').waitFor();
    expect(await stars(page, 2).isChecked()).toBe(true);
    await page.locator('.star-5').click({ force: true });
    await page.getByRole('button', { name: 'Update feedback' }).click();
    await page.getByRole('heading', { name: 'Thank you!' }).waitFor();
    expect(desk.answers.map(({ rating }) => rating)).toEqual([2, 5]);
    expect(troubles).toEqual([]);
  });

  test('a yes can be taken back', async () => {
    const { page, desk, open } = await visitor();
    await open(`${survey}?rating=5`);
    const neither = page.getByRole('radio', { name: 'Prefer not to say' });
    expect(await neither.isVisible()).toBe(false);
    await page.getByRole('radio', { name: 'Yes' }).check({ force: true });
    await neither.check({ force: true });
    expect(await neither.isVisible()).toBe(true);
    await page.getByRole('button').click();
    await expectThanks(page);
    expect(desk.answers).toEqual([{ rating: 5, resolved: null, comment: null }]);
  });

  test('without a star: what is missing is said, focused, and led to; nothing that was written is lost', async () => {
    const { page, desk, open, troubles } = await visitor();
    await open();
    await page.getByRole('textbox').fill('Before the stars');
    await page.getByRole('button').click();
    await page.getByRole('alert').waitFor();
    await expect.poll(() => focused(page)).toBe('problem');
    await page.getByRole('link', { name: 'Please choose a rating' }).click();
    expect(await focused(page)).toBe('rating-1');
    expect(await page.getByRole('textbox').inputValue()).toBe('Before the stars');
    const described = await page
      .getByRole('radiogroup', { name: 'Your rating' })
      .getAttribute('aria-describedby');
    expect(await page.locator(`#${described ?? ''}`).textContent()).toBe(
      'Please choose a rating from 1 to 5 stars.',
    );
    await page.keyboard.press('Space');
    await page.getByRole('button').press('Enter');
    await expectThanks(page);
    expect(desk.answers).toEqual([{ rating: 1, resolved: null, comment: 'Before the stars' }]);
    expect(troubles).toEqual([]);
  });

  test('from the right to the left: the comment runs so while it is written and when it is read', async () => {
    const { page, desk, open } = await visitor();
    const comment = 'شكرا جزيلا, Maria!\nמצוין';
    await open(`${survey}?rating=5`);
    await page.getByRole('textbox').fill(comment);
    expect(await page.locator('textarea:dir(rtl)').count()).toBe(1);
    await page.getByRole('button').click();
    await expectThanks(page);
    expect(await page.locator('blockquote:dir(rtl)').count()).toBe(1);
    expect(desk.answers[0]?.comment).toBe(comment);
  });

  test('with 25,000 characters, after which the field takes no more', async () => {
    const { page, desk, open } = await visitor();
    await open(`${survey}?rating=5`);
    await page.getByRole('textbox').focus();
    await page.keyboard.insertText('ñ😀字 '.repeat(5_010));
    const written = await page.getByRole('textbox').inputValue();
    expect(written.length).toBe(25_000);
    await page.getByRole('button').click();
    await expectThanks(page);
    expect(desk.answers[0]?.comment).toBe(written.trim());
  });
});

describe('reasons and a question', () => {
  test('a reason is asked for under low stars alone, without script, and taken back with them', async () => {
    const { page, desk, open, troubles } = await visitor({
      about: { form: sampleForm('scale') },
      javaScriptEnabled: false,
    });
    await open();
    const reasons = page.getByRole('group', { name: 'What was the main reason?' });
    expect(await reasons.isVisible()).toBe(false);
    for (const [rating, isShown] of [
      [3, false],
      [2, true],
      [5, false],
      [1, true],
    ] as const) {
      await stars(page, rating).check({ force: true });
      expect([rating, await reasons.isVisible()]).toEqual([rating, isShown]);
    }
    await page.getByRole('radio', { name: 'Unfriendly' }).check({ force: true });
    await page.getByRole('radio', { name: '7', exact: true }).check({ force: true });
    // Hidden, but still sent by the browser.
    await stars(page, 4).check({ force: true });
    await page.getByRole('button').click();
    await expectThanks(page);
    expect(desk.survey.answer).toMatchObject({ rating: 4, reason: null, question: { answer: 7 } });
    await page.getByRole('link', { name: 'Change my feedback' }).click();
    await stars(page, 2).check({ force: true });
    await page.getByRole('radio', { name: 'Slow reply' }).check({ force: true });
    await page.getByRole('button').click();
    await expectThanks(page);
    expect(desk.survey.answer).toMatchObject({ rating: 2, reason: 'Slow reply' });
    expect(await page.getByText('Slow reply').isVisible()).toBe(true);
    expect(troubles).toEqual([]);
  });

  test('the keyboard goes through both in their order, and not through what is hidden', async () => {
    const { page, open } = await visitor({ about: { form: sampleForm('choice') } });
    const order = async (rating: number): Promise<string[]> => {
      await open(`${survey}?rating=${rating}`);
      await page.locator(`#rating-${rating}`).focus();
      const seen: string[] = [];
      for (let press = 0; press < 5; press += 1) {
        await page.keyboard.press('Tab');
        seen.push(await focused(page));
      }
      return seen;
    };
    expect((await order(1)).slice(0, 4)).toEqual(['reason-0', 'resolved-yes', 'answer-0', 'comment']);
    expect((await order(5)).slice(0, 3)).toEqual(['resolved-yes', 'answer-0', 'comment']);
    await open(`${survey}?rating=1`);
    await page.locator('#answer-0').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#answer-1').isChecked()).toBe(true);
    await page.locator('#reason-0').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#reason-1').isChecked()).toBe(true);
    const outline = await page
      .locator('#reason-1 + label')
      .evaluate((label) => getComputedStyle(label).outlineStyle);
    expect(outline).toBe('solid');
  });

  test('a screen reader hears the question, its options, and what the ends of a scale mean', async () => {
    const { page, open } = await visitor({ about: { form: sampleForm('scale') } });
    await open(`${survey}?rating=1`);
    await page.getByRole('group', { name: 'What was the main reason? (optional)' }).waitFor();
    const scale = page.getByRole('group', { name: 'Would you recommend us? (optional)' });
    expect(await scale.getByRole('radio').count()).toBe(11);
    await scale.getByRole('radio', { name: '0 – Never' }).waitFor();
    await scale.getByRole('radio', { name: '10 – Gladly' }).check({ force: true });
    await scale.getByRole('radio', { name: 'Prefer not to say' }).check({ force: true });
  });

  test.each(['scale', 'choice', 'text'] as const)(
    'a %s and long reasons fit 320 pixels, and a finger hits each',
    async (kind) => {
      const reasons = { en: ['Slow', long.slice(0, 100), 'Had to ask again and again before it was read'] };
      const { page, open } = await visitor({
        about: { form: sampleForm(kind, { reasons }) },
        viewport: { width: 320, height: 640 },
      });
      await open(`${survey}?rating=1`);
      expect(await overflows(page)).toBe(0);
      const sizes = await page
        .locator('input:visible, textarea:visible')
        .evaluateAll((fields) =>
          fields.map((field) => field.getBoundingClientRect()).map((box) => [box.width, box.height]),
        );
      expect(sizes.length).toBeGreaterThan(10);
      expect(Math.min(...sizes.flat())).toBeGreaterThanOrEqual(44);
      const wrong = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wrong).toBe(320);
    },
  );
});

describe('unsubscribing', () => {
  test.each([true, false])('takes one button, with script: %s', async (javaScriptEnabled) => {
    const { page, desk, open, troubles } = await visitor({ javaScriptEnabled });
    await open(`/u/${openToken}`);
    expect(desk.isUnsubscribed).toBe(false);
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    await page.getByRole('heading', { name: 'You’re unsubscribed' }).waitFor();
    expect(desk.isUnsubscribed).toBe(true);
    expect(troubles).toEqual([]);
  });
});

test('a screen reader finds its way', async () => {
  const { page, open } = await visitor({ brand: { color: null, logo: { type: 'image/gif', bytes: dot } } });
  await open(`${survey}?rating=4`);
  expect(await page.locator('body').ariaSnapshot()).toMatchInlineSnapshot(`
    "- banner:
      - img "Acme Outdoor"
    - main:
      - heading "How did Maria do?" [level=1]
      - paragraph: Your email conversation with Acme Outdoor on 12 November 2026
      - radiogroup "Your rating":
        - text: Your rating
        - radio "1 out of 5 stars – Poor"
        - radio "2 out of 5 stars – Not so good"
        - radio "3 out of 5 stars – Okay"
        - radio "4 out of 5 stars – Good" [checked]
        - radio "5 out of 5 stars – Excellent"
        - text: 1 out of 5 stars – Poor 2 out of 5 stars – Not so good 3 out of 5 stars – Okay 4 out of 5 stars – Good 5 out of 5 stars – Excellent
      - group "Was your issue resolved? (optional)":
        - text: Was your issue resolved? (optional)
        - radio "Yes"
        - text: "Yes"
        - radio "No"
        - text: "No"
      - text: Anything else you’d like to tell us? (optional)
      - textbox "Anything else you’d like to tell us? (optional)"
      - button "Send feedback"
      - paragraph: Your feedback goes to the team at Acme Outdoor.
      - paragraph:
        - link "Unsubscribe from these surveys":
          - /url: ../u/unsubscribe-token"
  `);
});

const long = 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(12);

describe('on a small screen', () => {
  test.each(languages)('320 pixels are enough in %s, also with the longest names', async (language) => {
    for (const about of [{}, { companyName: long, agentFirstName: long }]) {
      const { page, open } = await visitor({
        about,
        locale: language,
        viewport: { width: 320, height: 640 },
      });
      for (const path of [`${survey}?rating=2`, '/s/none', `/u/${openToken}`]) {
        await open(path);
        expect(await overflows(page)).toBe(0);
      }
      await open(survey);
      await page.getByRole('button').click();
      await page.getByRole('alert').waitFor();
      expect(await overflows(page)).toBe(0);
      await page.locator('.star-4').click({ force: true });
      await page.getByRole('textbox').fill('x'.repeat(300));
      await page.getByRole('button').click();
      await page.locator('blockquote').waitFor();
      expect(await overflows(page)).toBe(0);
    }
  });

  test('letters of twice the size fit', async () => {
    const { page, open } = await visitor({ locale: 'de', viewport: { width: 640, height: 800 } });
    await open(`${survey}?rating=2`);
    await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
    expect(await overflows(page)).toBe(0);
  });

  test('everything that is tapped is at least 44 pixels wide and high', async () => {
    const { page, open } = await visitor({ viewport: { width: 320, height: 640 } });
    await open(`${survey}?rating=2`);
    await page.getByRole('radio', { name: 'Yes' }).check({ force: true });
    const sizes = await page
      .locator('input, button, textarea')
      .evaluateAll((fields) =>
        fields.map((field) => field.getBoundingClientRect()).map((box) => [box.width, box.height]),
      );
    expect(sizes).toHaveLength(10);
    expect(Math.min(...sizes.flat())).toBeGreaterThanOrEqual(44);
  });
});

describe('contrast, as the browser computes it', () => {
  const cases = (['light', 'dark'] as const).flatMap((colorScheme) =>
    [null, '#ffe600', '#000000', '#ffffff', '#7a7a7a'].map((color) => ({ colorScheme, color })),
  );

  test.each(cases)('$colorScheme, brand $color', async ({ colorScheme, color }) => {
    const { page, open, desk } = await visitor({
      colorScheme,
      brand: { color, logo: null },
      reducedMotion: 'reduce',
    });
    const paths = [survey, `/u/${openToken}`, '/s/none'];
    const measure = async (): Promise<void> => {
      const { words, outlines } = await page.evaluate(lowestContrasts);
      expect(words.ratio, words.what).toBeGreaterThanOrEqual(4.5);
      expect(outlines.ratio, outlines.what).toBeGreaterThanOrEqual(3);
    };
    for (const path of paths) {
      await open(path);
      await measure();
    }
    await open(survey);
    await page.getByRole('button').click();
    await page.getByRole('alert').waitFor();
    await measure();
    await page.locator('.star-4').click({ force: true });
    await page.getByRole('radio', { name: 'No', exact: true }).check({ force: true });
    await measure();
    await page.getByRole('textbox').fill('words');
    await page.getByRole('button').click();
    await expectThanks(page);
    await measure();
    expect(desk.answers).toHaveLength(1);
  });
});

test('motion, forced colors and the logo’s plate follow what the visitor asked for', async () => {
  const calm = await visitor({ reducedMotion: 'reduce' });
  await calm.open();
  const moving = calm.page.locator('.star svg').first();
  expect(await moving.evaluate((star) => getComputedStyle(star).transitionProperty)).toBe('none');

  const forced = await visitor({ forcedColors: 'active' });
  await forced.open(`${survey}?rating=2`);
  const fills = await forced.page
    .locator('.star svg')
    .evaluateAll((drawings) => drawings.map((drawing) => getComputedStyle(drawing).fill));
  expect(fills[1]).not.toBe(fills[2]);

  const dark = await visitor({
    colorScheme: 'dark',
    brand: { color: null, logo: { type: 'image/gif', bytes: dot } },
  });
  await dark.open();
  const logo = dark.page.getByRole('img', { name: 'Acme Outdoor' });
  expect(await logo.evaluate((image) => getComputedStyle(image).backgroundColor)).toBe('rgb(255, 255, 255)');
  expect(await logo.evaluate((image: Image) => image.naturalWidth)).toBe(1);
  expect([...calm.troubles, ...forced.troubles, ...dark.troubles]).toEqual([]);
});
