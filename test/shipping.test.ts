import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { releasedChangelog } from '../scripts/changelog.mjs';
import { root } from './support/documents.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };

test.each([
  ['systemd/gcsat.service', 'docs/serve.md'],
  ['systemd/gcsat-sync.service', 'docs/cron.md'],
  ['systemd/gcsat-sync.timer', 'docs/cron.md'],
])('%s is what %s shows', (unit, document) => {
  expect(read(document)).toContain(`\`\`\`ini\n${read(unit)}\`\`\``);
});

test('the image holds the packed tarball of this version, and starts without a shell', () => {
  const dockerfile = read('docker/Dockerfile');
  expect(validate(dockerfile)).toEqual([]);
  expect(dockerfile).toContain(`\nARG VERSION=${version}\n`);
  expect(dockerfile).toMatch(/^USER node$/m);
  const commands = [...dockerfile.matchAll(/^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK) (.*)$/gm)];
  expect(commands).toHaveLength(5);
  for (const [, command = ''] of commands) {
    expect(JSON.parse(/\[.*\]$/.exec(command)?.[0] ?? '')).toBeInstanceOf(Array);
  }
});

test('the compose file has parts that exist, and only volumes, networks, and secrets that it declares', () => {
  const { services, ...declared } = parse(read('docker/compose.yaml')) as {
    services: Record<
      string,
      { volumes?: string[]; networks?: string[]; secrets?: string[]; read_only?: boolean }
    >;
    volumes: object;
    networks: object;
    secrets: object;
  };
  expect(services['gcsat']?.read_only).toBe(true);
  for (const { volumes = [], networks = [], secrets = [] } of Object.values(services)) {
    for (const [source = ''] of volumes.map((volume) => volume.split(':'))) {
      if (source.startsWith('./')) expect(existsSync(join(root, 'docker', source))).toBe(true);
      else expect(Object.keys(declared.volumes)).toContain(source);
    }
    for (const name of networks) expect(Object.keys(declared.networks)).toContain(name);
    for (const name of secrets) expect(Object.keys(declared.secrets)).toContain(name);
  }
});

test('a release dates what is unreleased, and there is none without it', () => {
  const before = '# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.1.0 (2026-01-02)\n\n- Old.\n';
  const after = releasedChangelog(before, '0.2.0', '2026-03-04');
  expect(after).toBe(
    '# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-03-04)\n\n- New.\n\n## 0.1.0 (2026-01-02)\n\n- Old.\n',
  );
  expect(releasedChangelog(after!, '0.3.0', '2026-03-05')).toBeNull();
  expect(releasedChangelog('# Changelog\n', '0.3.0', '2026-03-05')).toBeNull();
  const first = '## Unreleased\n\n- New.\n\n## 0.1.0 (not released yet)\n\n- Older.\n';
  expect(releasedChangelog(first, '0.1.0', '2026-03-05')).toBe(
    '## Unreleased\n\n## 0.1.0 (2026-03-05)\n\n- New.\n\n- Older.\n',
  );
});

test('links of the packed documents lead to files that are packed', () => {
  const { files } = JSON.parse(read('package.json')) as { files: string[] };
  const packed = (path: string): boolean =>
    ['README.md', 'LICENSE'].includes(path) ||
    files.some((file) => path === file || path.startsWith(`${file}/`));
  // These two documents are about the source.
  const documents = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter(
    (file) => file !== 'docs/architecture.md',
  );
  const wrong = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map(([, link = '']) => join(dirname(document), link))
      .filter((path) => !packed(path))
      .map((path) => `${document}: ${path}`),
  );
  expect(wrong).toEqual([]);
});

test('installing the package runs nothing, so npm has nothing to warn of', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const run = ['preinstall', 'install', 'postinstall', 'prepare'];
  expect(Object.keys(scripts).filter((name) => run.includes(name))).toEqual([]);
});

test('the program loads nothing but Node itself and what is packed beside it', () => {
  const files = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.[cm]?js$/.test(file),
  );
  const known = new Set(builtinModules);
  const wrong = files.flatMap((file) => {
    const text = readFileSync(join(root, 'dist', file), 'utf8');
    const imports = [
      ...text.matchAll(/^(?:import|export)\b[^'"\n]*?(?:from )?["']([^"'\n]+)["'];?$/gm),
      ...text.matchAll(/\bimport\(["']([^"'\n]+)["']\)/g),
    ].map(([, name = '']) => name);
    return (
      imports
        .filter((name) => !name.startsWith('node:') && !known.has(name) && name !== '#sqlite')
        // The start has only the declarations: what their commands load is in the other chunks.
        .filter((name) => file !== 'start.cjs' || !name.startsWith('.'))
        .filter((name) => !name.startsWith('.') || !existsSync(join(root, 'dist', dirname(file), name)))
        .map((name) => `${file}: ${name}`)
    );
  });
  expect(files.length).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});
