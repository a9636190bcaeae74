import { idOf, objectOf } from '../values/json.ts';

/** The credited response is nearly always among the last that agents sent. */
const mostTexts = 50;
/** Enough to know what was said; the rest is in Gladly. In UTF-16 units. */
const longestText = 2000;

/** What agents wrote, by item id. Shown to a person, never kept. */
export type ResponseTexts = ReadonlyMap<string, string>;

/**
 * The texts of the agents' last messages, from what `GET /conversations/{id}/items` returned. Gladly has them as plain
 * text in `content.content`; there, messages of custom channels have `{text}` or, with files, `{caption}`. A redacted
 * item has no text. Total.
 */
export function responseTexts(entries: readonly unknown[]): ResponseTexts {
  const texts = new Map<string, string>();
  for (let position = entries.length - 1; position >= 0 && texts.size < mostTexts; position -= 1) {
    const item = objectOf(entries[position]);
    const id = idOf(item['id']);
    const isAgents = idOf(objectOf(item['initiator'])['type']) === 'AGENT';
    const text = isAgents ? writtenIn(objectOf(item['content'])['content']) : null;
    if (id !== null && text !== null) texts.set(id, shortened(text));
  }
  return texts;
}

function writtenIn(content: unknown): string | null {
  const { text, caption } = objectOf(content);
  const found = [content, text, caption].find((one) => typeof one === 'string' && one.trim() !== '');
  return typeof found === 'string' ? found.trim() : null;
}

function shortened(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1).toWellFormed()}…`;
}
