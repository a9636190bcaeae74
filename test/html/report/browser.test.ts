import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { reportPage, type ReportPage } from '../../../src/html/report/page.ts';
import type { Document, Style } from '../../server/pages/document.ts';
import { chromiumOfFile } from '../../support/browser.ts';
import { temporaryFolder } from '../../support/run.ts';
import { agent, documentOf, ordinaryPage, rowOf } from './scene.ts';

declare const document: Document & { body: unknown };
declare function getComputedStyle(element: unknown): Style;

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = chromiumOfFile();

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

async function opened(
  scene: ReportPage,
  context: BrowserContextOptions,
): Promise<{ page: Page; troubles: string[] }> {
  const visit = await browser().newContext(context);
  onTestFinished(() => visit.close());
  const page = await visit.newPage();
  const file = pathToFileURL(join(temporaryFolder(), 'report.html')).href;
  writeFileSync(new URL(file), reportPage(scene));
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  page.on('console', (message) => troubles.push(message.text()));
  page.on('request', (request) => {
    if (request.url() !== file) troubles.push(`asked ${request.url()}`);
  });
  await page.goto(file);
  return { page, troubles };
}

const everyRule = "'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'";

/** Opens every table, so that the tables are checked too. */
async function violations(page: Page, rules: string = everyRule): Promise<string[]> {
  await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
  await page.evaluate(axe);
  const found = await page.evaluate<Violation[]>(
    `axe.run(document, { runOnly: [${rules}] }).then((result) => result.violations)`,
  );
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`,
  );
}

const noAnswers = (): ReportPage =>
  ordinaryPage({
    groups: documentOf(['agent'], []),
    trend: documentOf(['day'], []),
    low: { atMost: 2, total: 0, comments: [] },
  });

const longNames = (): ReportPage => {
  const name = 'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(2);
  return ordinaryPage({
    organization: name,
    groups: documentOf(
      ['agent'],
      [rowOf(agent(name), [30, 10, 10, 900, 5000], 'below'), rowOf(agent('Bo'), [1, 1, 0, 9, 9999], 'above')],
    ),
  });
};

describe('nothing keeps anybody from reading it', () => {
  test.each([
    ['light', 1280, ordinaryPage],
    ['dark', 1280, ordinaryPage],
    ['light', 390, ordinaryPage],
    ['dark', 390, noAnswers],
  ] as const)('%s, at %i pixels', async (colorScheme, width, scene) => {
    const { page, troubles } = await opened(scene(), { colorScheme, viewport: { width, height: 900 } });
    expect(troubles).toEqual([]);
    expect(await violations(page)).toEqual([]);
  });

  test.each(['light', 'dark'] as const)(
    '%s, in a color of the brand that is hard to read',
    async (colorScheme) => {
      const { page } = await opened(ordinaryPage({ brand: { color: '#ffe600', logo: null } }), {
        colorScheme,
      });
      expect(await violations(page, "'color-contrast'")).toEqual([]);
    },
  );
});

test('the page fits every width, also with the longest names', async () => {
  for (const scene of [ordinaryPage(), longNames()]) {
    const { page } = await opened(scene, {});
    for (const width of [320, 390, 768, 1280, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      const tooMuch = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(tooMuch, `${width}`).toBe(0);
    }
  }
});

test('on paper it is light, fits, and what is closed stays away', async () => {
  const { page } = await opened(ordinaryPage(), {
    colorScheme: 'dark',
    viewport: { width: 688, height: 1000 },
  });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const style = await page.evaluate(() => {
    const { backgroundColor, color } = getComputedStyle(document.body);
    return { backgroundColor, color };
  });
  expect(style).toEqual({ backgroundColor: 'rgb(255, 255, 255)', color: 'rgb(20, 24, 31)' });
  expect(await page.locator('summary:visible').count()).toBe(0);
  expect(await page.getByRole('table').locator('visible=true').count()).toBe(4);
  expect(await page.locator('.compare .span').first().isVisible()).toBe(true);
  const tooMuch = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(tooMuch).toBe(0);
  // No plot is higher than an A4 page, so none is cut.
  const heights = await page
    .locator('.plot')
    .evaluateAll((plots) => plots.map((plot) => plot.getBoundingClientRect().height));
  expect(Math.max(...heights)).toBeLessThan(900);
  const paper = await page.pdf({ preferCSSPageSize: true });
  const pages = paper.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? [];
  // The widest fonts need one more page than others.
  expect(pages.length).toBeLessThanOrEqual(4);
});
