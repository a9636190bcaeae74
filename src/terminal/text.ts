// Characters that a terminal could obey. Escape sequences are removed completely, so that no `[31m` is left over.
const escapeSequence =
  // eslint-disable-next-line no-control-regex -- this looks for control characters.
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|(?:\u001B[\]PX^_]|[\u009D\u0090\u0098\u009E\u009F])[^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?|\u001B[ -/]*[0-~]/g;
const lineBreaks = /(?:\r\n|[\n\r\t\v\f\u0085\u2028\u2029])+/g;
// C0, DEL, C1; marks and overrides of the writing direction; zero-width no-break space.
const controls = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu;
const controlsButLineFeed = /(?!\n)[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\u2028\u2029\uFEFF]/gu;
const loneSurrogates = /\p{Surrogate}/gu;
// eslint-disable-next-line no-control-regex -- as above.
const colors = /\u001B\[[\d;]*m/g;

/**
 * Foreign text as one line that is harmless on a terminal: without escape sequences, control characters and direction
 * overrides; line breaks and tabs become one space.
 */
export function clean(value: string): string {
  return value
    .replace(escapeSequence, '')
    .replace(lineBreaks, ' ')
    .replace(controls, '')
    .replace(loneSurrogates, '\uFFFD');
}

/**
 * Cleans our own text: keeps its line breaks and, if wanted, its colors, and removes everything else that a terminal
 * obeys.
 */
export function cleanBlock(text: string, keepColors: boolean): string {
  if (!keepColors) return withoutControls(text);
  let result = '';
  let end = 0;
  for (const match of text.matchAll(colors)) {
    result += withoutControls(text.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return result + withoutControls(text.slice(end));
}

function withoutControls(text: string): string {
  return text
    .replace(escapeSequence, '')
    .replace(/\r\n/g, '\n')
    .replace(controlsButLineFeed, '')
    .replace(loneSurrogates, '\uFFFD');
}

/** Escapes the characters in JSON that JSON.stringify leaves alone but a terminal would obey. */
export function escapeControls(json: string): string {
  return json.replace(
    controlsButLineFeed,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
