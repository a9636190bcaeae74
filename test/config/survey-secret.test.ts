import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { surveySecret } from '../../src/config/survey-secret.ts';
import { watchFileCalls } from '../support/file-calls.ts';

let folder: string;
let dataDir: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gcsat-secret-'));
  dataDir = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('surveySecret', () => {
  test('is made once, for its owner alone, and kept', async () => {
    const first = await surveySecret({}, dataDir);
    expect(first.byteLength).toBeGreaterThanOrEqual(32);
    expect(await surveySecret({}, dataDir)).toEqual(first);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'survey-secret')).mode & 0o777).toBe(0o600);
    expect(readdirSync(dataDir)).toEqual(['survey-secret']);
  });

  test('many that start together agree', async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => surveySecret({}, dataDir)));
    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(1);
    expect(readdirSync(dataDir)).toEqual(['survey-secret']);
  });

  test('one that is not to be kept is the same for the process, and gives way to a kept one', async () => {
    const passing = await surveySecret({}, dataDir, false);
    expect(passing.byteLength).toBeGreaterThanOrEqual(32);
    expect(await surveySecret({}, dataDir, false)).toEqual(passing);
    expect(existsSync(dataDir)).toBe(false);
    const kept = await surveySecret({}, dataDir);
    expect(kept).not.toEqual(passing);
    expect(await surveySecret({}, dataDir, false)).toEqual(kept);
  });

  test('the environment wins, and its file is the same key as the kept one', async () => {
    const given = 'x'.repeat(32);
    expect(Buffer.from(await surveySecret({ GCSAT_SURVEY_SECRET: given }, dataDir)).toString()).toBe(given);
    const kept = await surveySecret({}, dataDir);
    const env = { GCSAT_SURVEY_SECRET_FILE: join(dataDir, 'survey-secret') };
    expect(await surveySecret(env, join(folder, 'elsewhere'))).toEqual(kept);
  });

  test('31 bytes are too few, and are not shown', async () => {
    const short = surveySecret({ GCSAT_SURVEY_SECRET: 'h'.repeat(31) }, dataDir);
    await expect(short).rejects.toMatchObject({ kind: 'configuration', code: 'survey_secret_short' });
    await expect(short).rejects.not.toThrow(/hhhh/);
    await surveySecret({}, dataDir);
    writeFileSync(join(dataDir, 'survey-secret'), 'short\n');
    await expect(surveySecret({}, dataDir)).rejects.toMatchObject({ code: 'survey_secret_short' });
    expect(readFileSync(join(dataDir, 'survey-secret'), 'utf8')).toBe('short\n');
  });

  test('a data folder that can not be made', async () => {
    writeFileSync(dataDir, 'a file');
    await expect(surveySecret({}, dataDir)).rejects.toMatchObject({
      kind: 'configuration',
      code: 'survey_secret_unavailable',
    });
  });
});

test('a key is whole and on the disk before it has its name, and its name before a link is signed', async () => {
  const calls = watchFileCalls();
  await surveySecret({}, dataDir);
  expect(calls).toEqual([
    'open survey-secret.draft',
    'write survey-secret.draft',
    'sync survey-secret.draft',
    'link survey-secret.draft to survey-secret',
    'open data',
    'sync data',
  ]);
});
