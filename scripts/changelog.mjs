/** The changelog with everything unreleased moved under the version and its day; null if nothing is unreleased. */
export function releasedChangelog(text, version, day) {
  const found = /^## Unreleased\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(text);
  if (found === null || found[1].trim() === '') return null;
  // Entries gathered earlier under the unreleased version belong to it.
  const gathered = `\n## ${version} (not released yet)\n`;
  const released = `## Unreleased\n\n## ${version} (${day})\n\n${found[1].trim()}\n`;
  const rest = text
    .slice(found.index + found[0].length)
    .replace(gathered.trimStart(), '')
    .trimStart();
  return `${text.slice(0, found.index)}${released}${rest === '' ? '' : `\n${rest}`}`;
}
