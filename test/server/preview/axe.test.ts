import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, onTestFinished, test } from 'vitest';
import { defaultPolicy } from '../../../src/domain/eligibility/policy.ts';
import { languages } from '../../../src/html/languages.ts';
import { servePreview } from '../../../src/server/preview/keep-preview.ts';
import { previewFiles, type PreviewParts } from '../../../src/server/preview/preview-files.ts';
import { sampleMessages } from '../../../src/workflow/checks/sample-messages.ts';
import type { SurveyForm } from '../../../src/domain/survey/form.ts';
import { chromiumOfFile } from '../../support/browser.ts';
import { sampleForm } from '../../support/forms.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = chromiumOfFile();
const rules = "'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'";
const nowMs = Date.parse('2026-11-22T12:00:00.000Z');

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** The pages of a language; the preview makes them with the code that makes them for customers. */
const pagesOf = (language: string): string[] => [
  `s/${language}-survey.html`,
  `s/${language}-survey-1.html`,
  `s/${language}-survey-without-rating.html`,
  `s/${language}-survey-again.html`,
  `s/${language}-thanks.html`,
  `s/${language}-closed.html`,
  `u/${language}-unsubscribe.html`,
  `u/${language}-unsubscribed.html`,
];

/** A question of each kind, and reasons that nobody wrote in the page's language. */
const forms: Readonly<Record<string, SurveyForm>> = {
  ours: sampleForm('scale'),
  '#0b6e4f': sampleForm('choice', { reasons: { ar: ['بطيء', 'خطأ'] } }),
  '#7a1fa2': sampleForm('text'),
};

async function partsOf(
  name: string | null,
  companyName: string,
  color: string | null,
): Promise<PreviewParts> {
  const settings = {
    ...{ templateFile: null, from: null, publicUrl: null },
    ...{ brand: { color, logoFile: null, texts: undefined }, policy: defaultPolicy },
  };
  const messages = await sampleMessages(settings as never, companyName, nowMs, name);
  return {
    ...{ brand: { color, logo: null }, companyName, messages, nowMs, name },
    ...{ form: forms[color ?? 'ours'] ?? null, profile: 'default' },
  };
}

const inFolder = (folder: string, paths: readonly string[]): string[] =>
  paths.map((path) => `${folder}${path}`);

test.each([
  ['in our colors', null, 'light', []],
  ['in the colors of a brand', '#0b6e4f', 'dark', []],
  ['with a question in words', '#7a1fa2', 'light', []],
  [
    'of two brands on a phone',
    null,
    'light',
    [['north wind', '#7a1fa2'] as const, ['süd', '#ffe600'] as const],
  ],
  [
    'of two brands on a dark phone',
    null,
    'dark',
    [['north wind', '#0b6e4f'] as const, ['süd', '#000'] as const],
  ],
] as const)(
  'axe finds nothing in any page %s (%s, %s)',
  { timeout: 180_000 },
  async (_, color, colorScheme, brands) => {
    const own = await partsOf(null, 'Harbour & Pine', color);
    const others: PreviewParts[] = [];
    for (const [name, its] of brands) others.push(await partsOf(name, `The ${name} company`, its));
    const served = await servePreview(previewFiles({ ...own, others }));
    const phone = brands.length === 0 ? {} : { viewport: { width: 360, height: 740 } };
    const visit = await browser().newContext({ colorScheme, ...phone });
    onTestFinished(async () => {
      await visit.close();
      await served.close();
    });
    const page = await visit.newPage();
    const found: string[] = [];
    const ofAll = ['index.html', ...languages.flatMap(pagesOf)];
    const paths =
      brands.length === 0
        ? ofAll
        : [
            'index.html',
            ...brands.flatMap(([name]) =>
              inFolder(`brands/${encodeURIComponent(name)}/`, [
                'index.html',
                ...pagesOf('en'),
                ...pagesOf('de'),
              ]),
            ),
          ];
    for (const path of paths) {
      const response = await page.goto(`${served.origin}/${path}`);
      expect([path, response?.status()]).toEqual([path, 200]);
      await page.evaluate(axe);
      const violations = await page.evaluate<Violation[]>(
        `axe.run(document, { runOnly: [${rules}], resultTypes: ['violations'] }).then((result) => result.violations)`,
      );
      for (const { id, nodes } of violations)
        found.push(
          `${path} ${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`,
        );
    }
    expect(found).toEqual([]);
  },
);
