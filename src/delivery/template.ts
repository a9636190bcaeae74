import { readFile } from 'node:fs/promises';
import { Failure } from '../failure.ts';
import { languages } from '../html/languages.ts';
import { compileTemplate, TemplateError, type Renderer } from './template-language.ts';
import { sampleData, sampleLinks, type TemplateData } from './template-data.ts';
import builtInSource from './templates/survey.eta?raw';

const partNames = ['subject', 'html', 'text'] as const;

type PartName = (typeof partNames)[number];

interface TemplatePart {
  /** Line of the part's heading in the file. */
  line: number;
  render: Renderer;
}

/** Subject, HTML and plain text of a survey mail, from one file. docs/template.md describes the format. */
export interface MailTemplate {
  /** How failures name the file. */
  readonly file: string;
  readonly parts: Readonly<Record<PartName, TemplatePart>>;
}

/** Mails are a few kilobytes; mail clients cut much longer ones. */
const longestFile = 262_144;

export function builtInTemplate(): MailTemplate {
  return parseTemplate(builtInSource, 'the built-in template');
}

/**
 * An operator's own template, checked.
 *
 * @throws Failure of kind configuration: `template_unreadable`, or `template_invalid` with file and line
 */
export async function loadTemplate(file: string): Promise<MailTemplate> {
  const template = parseTemplate(await readTemplate(file), file);
  checkTemplate(template);
  return template;
}

/**
 * Renders a template with sample data in every language, with and without the agent's name and as a reminder, and makes
 * sure that the customer can answer and unsubscribe in both parts of the mail. A mail with any star link must have all
 * five: without the low ones, scores would mean nothing.
 *
 * @throws Failure of kind configuration, `template_invalid`
 */
export function checkTemplate(template: MailTemplate): void {
  for (const language of languages) {
    for (const [agentKnown, isReminder] of occasions) {
      const data = sampleData(language, agentKnown, isReminder);
      const lacking = partNames.flatMap((name) => {
        const lack = lackOf(name, template.parts[name].render(data));
        return lack === null ? [] : [{ line: template.parts[name].line, lack: `the ${name} part ${lack}` }];
      })[0];
      if (lacking !== undefined) throw invalid(template.file, lacking.line, `${lacking.lack} in ${language}`);
    }
  }
}

/** The kinds of messages: with and without the agent's name, and a reminder. */
const occasions = [
  [true, false],
  [false, false],
  [true, true],
] as const;

function lackOf(name: PartName, rendered: string): string | null {
  if (name === 'subject') return rendered.trim() === '' ? 'is empty' : null;
  const has = name === 'html' ? linksOf(rendered) : wordsOf(rendered);
  const stars = sampleLinks.ratingUrls.filter((url) => has.has(url)).length;
  if (stars > 0 && stars < 5) return `has only ${stars} of the 5 star links`;
  if (stars === 0 && !has.has(sampleLinks.surveyUrl)) return 'has no link to the survey';
  return has.has(sampleLinks.unsubscribeUrl) ? null : 'has no unsubscribe link';
}

function linksOf(html: string): Set<string> {
  const visible = html.replace(/<!--[^]*?-->/g, '');
  return new Set(
    [...visible.matchAll(/<a\s[^>]*?\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map(
      (match) => match[1] ?? match[2] ?? '',
    ),
  );
}

function wordsOf(text: string): Set<string> {
  return new Set(text.split(/\s+/));
}

async function readTemplate(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > longestFile) throw invalid(file, 1, `it is larger than ${longestFile / 1024} KiB`);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (error instanceof TypeError) throw invalid(file, 1, 'it is not UTF-8 text');
    throw new Failure('configuration', 'template_unreadable', `the survey template ${file} cannot be read`, {
      hint: 'Check the path and its permissions, or run `gcsat configure unset template` to use the built-in one.',
      cause: error,
    });
  }
}

/** Splits a file at its `=== name ===` lines; anything before the first one is a comment. */
function parseTemplate(source: string, file: string): MailTemplate {
  const lines = source.replace(/\r\n?/g, '\n').split('\n');
  const headings = lines.flatMap((text, index) => {
    const name = /^=== *(\w+) *===\s*$/.exec(text)?.[1];
    return name === undefined ? [] : [{ name, index }];
  });
  const unknown = headings.find(({ name }) => !(partNames as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw invalid(file, unknown.index + 1, `there is no part ${unknown.name}, only ${partNames.join(', ')}`);
  }

  const part = (name: PartName): TemplatePart => {
    const [heading, again] = headings.filter((candidate) => candidate.name === name);
    if (heading === undefined) throw invalid(file, lines.length, `the line === ${name} === is missing`);
    if (again !== undefined) throw invalid(file, again.index + 1, `this is a second ${name} part`);
    const end = headings.find(({ index }) => index > heading.index)?.index ?? lines.length;
    const render = compilePart(lines.slice(heading.index + 1, end).join('\n'), name, heading.index + 2, file);
    return { line: heading.index + 1, render };
  };
  return { file, parts: { subject: part('subject'), html: part('html'), text: part('text') } };
}

function compilePart(source: string, name: PartName, firstLine: number, file: string): Renderer {
  const sample: TemplateData = sampleData('en', true);
  try {
    return compileTemplate(source, { firstLine, escape: name === 'html' ? 'html' : 'none', sample });
  } catch (error) {
    if (error instanceof TemplateError) throw invalid(file, error.line, error.message);
    throw error;
  }
}

function invalid(file: string, line: number, mistake: string): Failure {
  return new Failure(
    'configuration',
    'template_invalid',
    `survey template ${file}, line ${line}: ${mistake}`,
    {
      hint: 'Correct the template; docs/template.md describes its format.',
    },
  );
}
