/**
 * SQLite's library for Node cuts text at a NUL when it reads, and PostgreSQL refuses to store one, but ids and
 * customers' words may be any string. So a NUL is stored as DLE 0, and a DLE as DLE 1.
 */
const dle = '\u0010';
const nul = '\u0000';

export function toStoredText(text: string): string {
  if (!text.includes(nul) && !text.includes(dle)) return text;
  return text.replaceAll(dle, `${dle}1`).replaceAll(nul, `${dle}0`);
}

export function fromStoredText(text: string): string {
  return text.includes(dle) ? text.replaceAll(`${dle}0`, nul).replaceAll(`${dle}1`, dle) : text;
}
