import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DoctorDocument } from '../../src/documents/doctor.ts';
import { supportBlock } from '../../src/terminal/doctor-view.ts';
import { testGladly } from '../support/gladly.ts';
import { temporaryFolder } from '../support/run.ts';
import { runInside, runJsonInside } from '../support/run-inside.ts';

const secrets = {
  GCSAT_SURVEY_SECRET: 'CanarySignV9xCq3IrCanarySignV9xCq3Ir',
  GCSAT_WEBHOOK_PASSWORD: 'CanaryHookN5mJd8UcCanary',
  GCSAT_SMTP_URL: 'smtp://canary.user:CanarySmtpH3kRt9Yb@mail.canary.example:587',
};

test('on a sandbox it writes and sends nothing, and its block to paste tells nothing of anybody', async () => {
  const gladly = await testGladly({ size: 0 });
  const { sandbox } = gladly;
  // No request leaves this machine, and nothing answers at this address.
  const env: Record<string, string> = { ...gladly.env, ...secrets, GCSAT_PUBLIC_URL: 'http://127.0.0.1:1' };
  const absent = await runJsonInside(['doctor', 'ledger', '--support'], { env });
  expect(absent).toMatchObject({ code: 0, document: { ok: true, support: { counts: null } } });
  expect(existsSync(env['GCSAT_DATA_DIR']!)).toBe(false);

  expect((await runInside(['sync'], { env })).code).toBe(0);
  const before = (await gladly.requests()).length;
  const { code, document, stdout } = await runJsonInside(['doctor', '--support'], { env });
  const { ok, requests, checks, support } = document as Required<DoctorDocument>;
  const troubles = checks.filter(({ status }) => !['ok', 'skipped'].includes(status));
  expect({ code, ok, troubles }).toMatchObject({
    code: 0,
    ok: true,
    troubles: [
      { id: 'webhook.registered', status: 'warning', fix: 'gcsat webhook install' },
      { id: 'survey.address', status: 'warning', code: 'survey_page_silent' },
    ],
  });
  const asked = (await gladly.requests()).slice(before);
  expect(requests).toBe(asked.length);
  expect(requests).toBeLessThanOrEqual(6);
  const writes = asked.filter(({ method }) => method !== 'GET').map(({ path }) => path);
  expect(writes).toEqual(['/api/v1/reports']);
  expect(sandbox.mailbox()).toEqual([]);

  for (const secret of Object.values(secrets)) expect(stdout).not.toContain(secret);
  const block = supportBlock(support);
  expect(block).toContain('suppressionDays=7 (default)');
  expect(block).toContain('survey.address: warning (survey_page_silent)');
  const personal = [
    sandbox.organizationName,
    sandbox.email,
    sandbox.token,
    sandbox.fromAddress,
    sandbox.origin,
  ];
  for (const canary of [
    ...personal,
    env['GCSAT_DATA_DIR']!,
    'Canary',
    'canary',
    '127.0.0.1',
    process.cwd(),
    '/',
  ]) {
    // `/` may occur only in the lines with names of platforms.
    const text = canary === '/' ? block.replace(/^gcsat .*$/m, '').replace(/^---.*$/gm, '') : block;
    expect(text, canary).not.toContain(canary);
  }
  const strict = await runInside(['doctor', '--strict', 'survey'], { env });
  expect(strict).toMatchObject({
    code: 7,
    stderr: expect.stringMatching(/^error: 1 of 3 checks .*survey\.address/),
  });
});

test('without a configuration it says what to type, offline too, and makes nothing', async () => {
  const folder = temporaryFolder();
  const env = { GCSAT_CONFIG_DIR: join(folder, 'config'), GCSAT_DATA_DIR: join(folder, 'data') };
  const { code, document, stderr } = await runJsonInside(['doctor', '--offline'], { env });
  expect({ code, ok: document.ok, requests: document.requests }).toEqual({ code: 3, ok: false, requests: 0 });
  const { checks } = document as DoctorDocument;
  expect(checks.filter(({ status }) => status === 'error')).toMatchObject([
    { id: 'config.files', code: 'not_configured', fix: 'gcsat configure' },
  ]);
  expect(checks.find(({ id }) => id === 'gladly.reach')?.summary).toContain('--offline');
  expect(stderr).toMatch(/^error: 1 of \d+ checks found problems: config\.files \(Run `gcsat configure`/m);
  expect(existsSync(env.GCSAT_DATA_DIR)).toBe(false);
  const shown = await runInside(['doctor', '--offline', 'config', 'node'], { env });
  expect(shown.stdout).toMatch(/^✔ ok {7}node {10}gcsat /m);
  expect(shown.stdout).toMatch(/^✘ error {4}config\.files {2}not configured/m);
  expect(shown.stdout).toMatch(/^ {4}Next: gcsat configure$/m);
  expect(await runJsonInside(['doctor', 'queu'], { env })).toMatchObject({
    code: 2,
    document: { error: { code: 'unknown_check', hint: expect.stringContaining('queue') } },
  });
  const list = await runJsonInside(['doctor', '--list', 'queue'], { env });
  expect(list.document.map(({ id }: { id: string }) => id)).toContain('queue.held');
});
