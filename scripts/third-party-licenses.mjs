// The terms of every package that the bundle contains, as each package states them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const permissive = new Set([
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['CC0-1.0', 'Unlicense', 'Python-2.0'],
]);

/** Packages that others can use and we do not: the first would load a package that is not in the bundle. */
export const leftOut = {
  'proxy-agent-negotiate': './scripts/left-out.mjs',
  '@inquirer/editor': './scripts/left-out.mjs',
};

/** `terms`: an SPDX expression such as `MIT` or `(MIT OR GPL-3.0)`. */
function isPermissive(terms = '') {
  return terms
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((one) => permissive.has(one));
}

/** The folders of the packages in a bundle, relative to the root, e.g. `node_modules/chalk`. */
export function bundledPackages(metafiles) {
  const files = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = files.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(folders)].toSorted();
}

/** Throws if a package has no text of its terms, or if its terms are not permissive. */
export function thirdPartyLicenses(root, folders) {
  const parts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const title = `${name} ${version}`;
    if (!isPermissive(license)) throw new Error(`${title} is bundled, and its terms are ${license}`);
    const text = termsIn(join(root, folder));
    if (text === null) throw new Error(`${title} is bundled, and does not state its terms`);
    return `${title} (${license})\n\n${text.trim()}\n`;
  });
  const rule = `\n${'-'.repeat(80)}\n\n`;
  return `gcsat contains these packages, each under its own terms.\n${rule}${parts.join(rule)}`;
}

function termsIn(folder) {
  const files = readdirSync(folder).toSorted();
  const texts = files
    .filter((file) => /^(?:licen[cs]e|copying|notice)\b/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  if (texts.length > 0) return texts.join('\n');
  const readme = files.find((file) => /^readme\b/i.test(file));
  if (readme === undefined) return null;
  return (
    /^(?:#+ *licen[cs]e|licen[cs]e\n-+)\s*\n([\s\S]+)/im.exec(
      readFileSync(join(folder, readme), 'utf8'),
    )?.[1] ?? null
  );
}
