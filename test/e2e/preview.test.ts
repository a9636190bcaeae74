import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { start, temporaryFolder } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';

test('writes what customers see without a token, over its own files alone', async () => {
  const folder = temporaryFolder();
  const env = { GCSAT_CONFIG_DIR: join(folder, 'config'), GCSAT_DATA_DIR: join(folder, 'data') };
  const profile = {
    values: {},
    policy: { companyName: 'Harbour & Pine', questionText: 'Was {agent} kind?' },
  };
  mkdirSync(env.GCSAT_CONFIG_DIR, { mode: 0o700 });
  writeFileSync(
    join(env.GCSAT_CONFIG_DIR, 'config.json'),
    JSON.stringify({ profiles: { default: profile } }),
  );
  const out = join(folder, 'out');
  mkdirSync(join(out, 's'), { recursive: true });
  writeFileSync(join(out, 's', 'mine.txt'), 'mine');
  const { code, document } = await runJsonInside(['preview', '--out', out], { env });
  expect({ code, languages: document.languages }).toEqual({ code: 0, languages: ['en', 'es', 'fr', 'de'] });
  for (const file of document.files) expect(existsSync(join(out, file)), file).toBe(true);
  expect(readFileSync(join(out, 's/en-survey.html'), 'utf8')).toContain('Was Anna kind?');
  expect(readFileSync(join(out, 'mail/en.eml'), 'utf8')).toContain('robin.sample@example.com');
  expect(readFileSync(join(out, 'index.html'), 'utf8')).toContain('Harbour &amp; Pine');
  expect(existsSync(env.GCSAT_DATA_DIR)).toBe(false);

  writeFileSync(join(out, 'mail/en.txt'), 'older');
  expect((await runInside(['preview', '--out', out, '--language', 'en-GB'], { env })).code).toBe(0);
  expect(readFileSync(join(out, 'mail/en.txt'), 'utf8')).not.toBe('older');
  expect(readFileSync(join(out, 's/mine.txt'), 'utf8')).toBe('mine');
  writeFileSync(join(out, 'index.html'), '<h1>My own site</h1>');
  expect(await runJsonInside(['preview', '--out', out], { env })).toMatchObject({
    code: 2,
    document: { error: { code: 'preview_folder_taken' } },
  });
  expect(readFileSync(join(out, 'index.html'), 'utf8')).toBe('<h1>My own site</h1>');
});

test('--serve shows it on this machine until it is stopped, and writes nothing', async () => {
  const cwd = temporaryFolder();
  const child = start(['preview', '--serve', '--json'], { cwd });
  let stdout = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  const origin = await vi.waitFor(() => JSON.parse(stdout).origin as string, { timeout: 20_000 });
  expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const index = await fetch(`${origin}/`);
  expect(await index.text()).toContain('Preview of the surveys');
  const sent = await fetch(`${origin}/s/en-thanks.html`, { method: 'POST', body: 'rating=4' });
  expect([sent.status, await sent.text()]).toEqual([200, expect.stringContaining('<!doctype html>')]);
  expect((await fetch(`${origin}/../../etc/passwd`)).status).toBe(404);
  const ended = once(child, 'close');
  child.kill('SIGINT');
  expect((await ended)[0]).toBe(130);
  expect(existsSync(join(cwd, 'gcsat-preview'))).toBe(false);
});
