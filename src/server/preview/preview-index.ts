import { htmlTemplates } from '../../html/templates.ts';
import type { Language } from '../../html/languages.ts';
import indexSource from './preview.eta?raw';

export interface PreviewMessage {
  subject: string;
  /** HTML, text, and the whole message. */
  mail: readonly [html: string, text: string, eml: string];
  sms: { file: string; segments: readonly string[]; alphabet: string; text: string };
}

export interface PreviewEntry {
  language: Language;
  /** `title`: what the message is, if not the survey itself; empty for the survey. */
  messages: readonly ({ title: string } & PreviewMessage)[];
  pages: readonly { path: string; title: string }[];
}

/** Marks a folder as one of ours. */
export const previewMark = '<meta name="generator" content="preview by gcsat">';

const languageNames = new Intl.DisplayNames(['en'], { type: 'language' });

/** The page that links to all others. */
export function previewIndex(content: {
  profile: string;
  companyName: string;
  /** The brand's name; null: no brand. */
  name: string | null;
  /** The index pages of the other brands. */
  brands: readonly { path: string; name: string }[];
  entries: readonly PreviewEntry[];
}): string {
  const render = htmlTemplates({ '@index': indexSource });
  return render('@index', {
    ...content,
    mark: previewMark,
    entries: content.entries.map((entry) => ({
      ...entry,
      name: languageNames.of(entry.language) ?? entry.language,
      messages: entry.messages.map((message) => ({
        ...message,
        of: message.title === '' ? '' : ` (${message.title.toLowerCase()})`,
        segments: message.sms.segments.length,
        letters: Array.from(message.sms.text).length,
      })),
    })),
  });
}
