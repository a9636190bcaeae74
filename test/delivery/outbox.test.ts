import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMailComposer } from '../../src/delivery/mail.ts';
import { createOutbox } from '../../src/delivery/outbox.ts';
import type { DeliveryProvider } from '../../src/ports/delivery-provider.ts';
import { builtInTemplate } from '../../src/delivery/template.ts';
import { surveyMessage } from './survey-message.ts';

const now = Date.parse('2026-11-22T12:34:56.000Z');
const composer = createMailComposer({ template: builtInTemplate() });
const leaving = async (): Promise<void> => undefined;

let folder: string;
let directory: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gcsat-outbox-'));
  directory = join(folder, 'deep', 'outbox');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const outbox = (where = directory, from: string | null = null): DeliveryProvider =>
  createOutbox({ directory: where, from, composer, clock: () => now });

/** Every file below the outbox, including unfinished ones. */
async function files(): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}

describe('the outbox', () => {
  test('writes a mail for mail programs and a record for scripts', async () => {
    const message = surveyMessage();
    expect(await outbox().deliver(message, leaving)).toEqual({
      status: 'sent',
      externalId: 'survey_1-a.eml',
    });
    expect(await files()).toEqual(['survey_1-a.eml', 'survey_1-a.json']);

    const mail = await simpleParser(await readFile(join(directory, 'survey_1-a.eml')));
    expect(mail.subject).toBe(composer(message).subject);
    expect(mail.messageId).toBe('<survey_1-a@gcsat.invalid>');
    expect(mail.date).toEqual(new Date(now));

    const record = JSON.parse(await readFile(join(directory, 'survey_1-a.json'), 'utf8'));
    expect(record).toMatchObject({
      ...message,
      writtenAt: '2026-11-22T12:34:56.000Z',
      subject: mail.subject,
    });
  });

  test('is for the eyes of its user alone', async () => {
    await outbox().deliver(surveyMessage(), leaving);
    const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);
    expect(await mode(directory)).toBe('700');
    expect(await mode(join(folder, 'deep'))).toBe('700');
    expect(await mode(join(directory, 'survey_1-a.eml'))).toBe('600');
    expect(await mode(join(directory, 'survey_1-a.json'))).toBe('600');
  });

  test('twice is the same as once', async () => {
    const delivery = outbox();
    expect(delivery.repeatable).toBe(true);
    await delivery.deliver(surveyMessage(), leaving);
    const first = await readFile(join(directory, 'survey_1-a.eml'));
    expect((await delivery.deliver(surveyMessage(), leaving)).status).toBe('sent');
    expect(await files()).toEqual(['survey_1-a.eml', 'survey_1-a.json']);
    expect(await readFile(join(directory, 'survey_1-a.eml'))).toEqual(first);
  });

  test('many at once are all there, and whole', async () => {
    const delivery = outbox();
    const ids = Array.from({ length: 40 }, (_, index) => `s${index}`);
    const outcomes = await Promise.all(
      ids.map((surveyId) => delivery.deliver(surveyMessage({ surveyId }), leaving)),
    );
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['sent']));
    expect(await files()).toHaveLength(80);
    for (const id of ids)
      expect(JSON.parse(await readFile(join(directory, `${id}.json`), 'utf8')).surveyId).toBe(id);
  });

  test('nothing is visible until the message leaves', async () => {
    let visible: string[] = ['never asked'];
    await outbox().deliver(surveyMessage(), async () => {
      visible = (await readdir(directory)).filter((name) => !name.startsWith('.'));
    });
    expect(visible).toEqual([]);
  });

  test('nothing is written when it must not leave', async () => {
    const refused = new Error('claim lost');
    await expect(outbox().deliver(surveyMessage(), () => Promise.reject(refused))).rejects.toBe(refused);
    expect(await files()).toEqual([]);
  });

  test.each(['../../escape', '/etc/passwd', 'a/b', '..', 'a\u0000b', 'CON:x'])(
    'the survey id %j names nothing outside the folder',
    async (surveyId) => {
      expect((await outbox().deliver(surveyMessage({ surveyId }), leaving)).status).toBe('sent');
      expect(await files()).toEqual([
        expect.stringMatching(/^[a-f0-9]{64}\.eml$/),
        expect.stringMatching(/^[a-f0-9]{64}\.json$/),
      ]);
      expect(await readdir(folder)).toEqual(['deep']);
    },
  );

  test('clears away what a killed process left of the same survey, and only that', async () => {
    await mkdir(join(directory, '.unfinished'), { recursive: true });
    await writeFile(join(directory, '.unfinished', 'survey_1-a.eml.dead'), 'half a m');
    await writeFile(join(directory, '.unfinished', 'survey_1-ab.eml.alive'), 'of another');
    await outbox().deliver(surveyMessage(), leaving);
    expect(await files()).toEqual(['survey_1-a.eml', 'survey_1-a.json', 'survey_1-ab.eml.alive']);
  });
});

describe('when it cannot be written', () => {
  test('something in the place of the mail: no half of a survey is left', async () => {
    await mkdir(join(directory, 'survey_1-a.eml', 'not empty'), { recursive: true });
    expect(await outbox().deliver(surveyMessage(), leaving)).toMatchObject({
      status: 'not_sent',
      temporary: true,
      failure: {
        kind: 'configuration',
        code: 'outbox_not_writable',
        message: expect.stringContaining(directory),
      },
    });
    expect(await files()).toEqual([]);
  });

  test('something in the place of the record', async () => {
    await mkdir(join(directory, 'survey_1-a.json'), { recursive: true });
    expect((await outbox().deliver(surveyMessage(), leaving)).status).toBe('not_sent');
    expect(await files()).toEqual([]);
  });

  test('a file in the place of the folder', async () => {
    await writeFile(join(folder, 'deep'), '');
    const outcome = await outbox().deliver(surveyMessage(), () =>
      Promise.reject(new Error('it never came to leaving')),
    );
    expect(outcome).toMatchObject({ status: 'not_sent', failure: { code: 'outbox_not_writable' } });
  });

  test('a folder that nobody may write to', async () => {
    const outcome = await outbox('/sys/gcsat-outbox').deliver(surveyMessage(), leaving);
    expect(outcome).toMatchObject({ status: 'not_sent', failure: { code: 'outbox_not_writable' } });
  });

  test.each([
    ['a bad address', { to: { address: 'a@b, c@d', name: null } }, 'bad_address', false],
    ['a bad link', { surveyUrl: 'ftp://x/' }, 'survey_link_invalid', true],
  ])('%s is not sent', async (_, changes, code, temporary) => {
    const outcome = await outbox().deliver(surveyMessage(changes), leaving);
    expect(outcome).toMatchObject({ status: 'not_sent', temporary, failure: { code } });
  });

  test('a bad sender is not sent', async () => {
    const outcome = await outbox(directory, 'nobody').deliver(surveyMessage(), leaving);
    expect(outcome).toMatchObject({ status: 'not_sent', temporary: true, failure: { code: 'bad_from' } });
  });

  test('a defect is not dressed up as an outcome', async () => {
    const broken = createOutbox({
      directory,
      from: null,
      clock: () => now,
      composer: () => {
        throw new TypeError('a defect');
      },
    });
    await expect(broken.deliver(surveyMessage(), leaving)).rejects.toThrow(TypeError);
  });
});
