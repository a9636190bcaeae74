// Cuts a release: npm run release -- 0.2.0. Dates the changelog's Unreleased entries, sets the version, commits, tags.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { releasedChangelog } from './changelog.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (program, ...args) => execFileSync(program, args, { cwd: root, encoding: 'utf8' });
const refuse = (why) => {
  console.error(`not released: ${why}`);
  process.exit(1);
};

const [version = ''] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version)) refuse('give the version, e.g. npm run release -- 0.2.0');
if (run('git', 'status', '--porcelain') !== '') refuse('there are changes that are not committed');
if (run('git', 'tag', '--list', `v${version}`) !== '') refuse(`the tag v${version} exists`);
const file = join(root, 'CHANGELOG.md');
const changelog = releasedChangelog(
  readFileSync(file, 'utf8'),
  version,
  new Date().toISOString().slice(0, 10),
);
if (changelog === null) refuse('the changelog has nothing under Unreleased');

writeFileSync(file, changelog);
run('npm', 'version', version, '--no-git-tag-version', '--allow-same-version', '--ignore-scripts');
const dockerfile = join(root, 'docker/Dockerfile');
writeFileSync(
  dockerfile,
  readFileSync(dockerfile, 'utf8').replace(/^ARG VERSION=.*$/m, `ARG VERSION=${version}`),
);
run('git', 'commit', '--all', '--message', `Version ${version}`);
run('git', 'tag', `v${version}`);
console.log(
  `v${version} is committed and tagged. Push it with: git push --follow-tags origin HEAD v${version}`,
);
