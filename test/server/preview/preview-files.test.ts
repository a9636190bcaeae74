import type { SurveyForm } from '../../../src/domain/survey/form.ts';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { defaultPolicy } from '../../../src/domain/eligibility/policy.ts';
import { languages } from '../../../src/html/languages.ts';
import { previewFiles, type PreviewFiles } from '../../../src/server/preview/preview-files.ts';
import { sampleMessages, type SampleMessages } from '../../../src/workflow/checks/sample-messages.ts';

const texts = {
  ...{ language: 'en', question: 'Was {agent} kind?', resolved: null, comment: null },
  ...{ thanksTitle: 'Thanks a lot!', thanks: null },
};
const nowMs = Date.parse('2026-11-22T12:00:00.000Z');
const logo = { type: 'image/png', bytes: Buffer.from('a logo') } as const;

async function made(
  companyName = 'Harbour & Pine',
  form: SurveyForm | null = null,
): Promise<{ files: PreviewFiles; messages: SampleMessages[] }> {
  const settings = {
    ...{ templateFile: null, from: null, publicUrl: 'https://csat.acme.com/surveys' },
    brand: { color: '#0b6e4f', logoFile: '/a/logo.png', texts },
    policy: defaultPolicy,
  };
  const messages = await sampleMessages(settings, companyName, nowMs);
  const brand = { color: '#0b6e4f', logo, texts };
  return { files: previewFiles({ brand, form, companyName, messages, nowMs, profile: 'default' }), messages };
}

test('every link and form of every page leads to a file that is there', async () => {
  const { files } = await made();
  const pages = [...files].filter(([path]) => path.endsWith('.html'));
  let links = 0;
  for (const [path, content] of pages) {
    for (const [, target = ''] of String(content).matchAll(/ (?:href|src|action)="([^"#]+)"/g)) {
      const file = posix.join(posix.dirname(path), target);
      expect(files.has(file), `${path} leads to ${target}`).toBe(true);
      links += 1;
    }
  }
  expect(links).toBeGreaterThan(200);
  const index = String(files.get('index.html'));
  for (const [path] of files) {
    if (!path.startsWith('assets/') && path !== 'index.html') expect(index).toContain(`href="${path}"`);
  }
});

test('it is in the profile’s words, color, and logo, and each language has the same', async () => {
  const { files } = await made();
  for (const language of languages) {
    for (const path of [
      `s/${language}-survey.html`,
      `s/${language}-thanks.html`,
      `s/${language}-closed.html`,
    ]) {
      expect(String(files.get(path)), path).toContain(`<html lang="${language}"`);
    }
  }
  expect(String(files.get('s/en-survey.html'))).toContain('Was Anna kind?');
  expect(String(files.get('s/de-survey.html'))).not.toContain('Was Anna kind?');
  expect(String(files.get('s/en-thanks.html'))).toContain('Thanks a lot!');
  expect(String(files.get('s/en-survey-4.html'))).toMatch(/value="4"[^>]* checked/);
  expect(String(files.get('mail/en.html'))).toMatch(/src="\.\.\/assets\/logo-\w+\.png"/);
  // As it is sent, its links are those of the server.
  expect(String(files.get('mail/en.txt'))).toContain('https://csat.acme.com/surveys/s/');
});

test('a text message is shown in the segments that it is billed as', async () => {
  const { files, messages } = await made();
  const long = await made(
    'An Extraordinarily Long Company Name That Nobody Would Type Twice In A Day Without Need',
  );
  for (const { sms } of [...messages, ...long.messages]) {
    expect(sms.segments.join('')).toBe(sms.text);
    expect(sms.alphabet).toBe('GSM');
  }
  expect(String(files.get('index.html'))).toMatch(/1 segment, \d+ characters \(GSM\)/);
});
