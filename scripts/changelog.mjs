/** The changelog with what is unreleased under the version and its day; null where nothing is. */
export function releasedChangelog(text, version, day) {
  const found = /^## Unreleased\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(text);
  if (found === null || found[1].trim() === '') return null;
  // What was gathered for a version before it is part of it.
  const gathered = `\n## ${version} (not released yet)\n`;
  const released = `## Unreleased\n\n## ${version} (${day})\n\n${found[1].trim()}\n`;
  const rest = text
    .slice(found.index + found[0].length)
    .replace(gathered.trimStart(), '')
    .trimStart();
  return `${text.slice(0, found.index)}${released}${rest === '' ? '' : `\n${rest}`}`;
}
