import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepSurveySecret, previousSurveySecrets, surveySecret } from '../../src/config/survey-secret.ts';
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

describe('earlier keys', () => {
  const texts = async (env: NodeJS.ProcessEnv = {}): Promise<string[]> =>
    (await previousSurveySecrets(env, dataDir)).map((secret) => Buffer.from(secret).toString());

  test('of the data folder are kept for its owner alone, the newest first, each once', async () => {
    expect(await texts()).toEqual([]);
    const first = Buffer.from(await surveySecret({}, dataDir)).toString();
    await keepSurveySecret(dataDir);
    rmSync(join(dataDir, 'survey-secret'));
    const second = Buffer.from(await surveySecret({}, dataDir)).toString();
    for (let turn = 0; turn < 3; turn += 1) await keepSurveySecret(dataDir);
    expect(await texts()).toEqual([second, first]);
    expect(statSync(join(dataDir, 'unsubscribe-keys')).mode & 0o777).toBe(0o600);
  });

  test('may be given one a line; what is too short to be one is none', async () => {
    const [one, two] = ['a'.repeat(32), 'b'.repeat(40)];
    expect(await texts({ GCSAT_SURVEY_PREVIOUS_SECRET: `${one}\n${two}\nshort` })).toEqual([one, two]);
    const file = join(folder, 'previous');
    writeFileSync(file, `${two}\n`);
    expect(await texts({ GCSAT_SURVEY_PREVIOUS_SECRET_FILE: file })).toEqual([two]);
  });

  test('from elsewhere are written nowhere', async () => {
    await surveySecret({ GCSAT_SURVEY_SECRET: 'x'.repeat(32) }, dataDir);
    await keepSurveySecret(dataDir);
    expect(existsSync(dataDir)).toBe(false);
  });
});
