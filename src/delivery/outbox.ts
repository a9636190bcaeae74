import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { timeAt } from '../domain/values/instant.ts';
import { Failure } from '../failure.ts';
import { makePrivateFolder, syncFolder } from '../private-folder.ts';
import {
  notSent,
  type DeliveryOutcome,
  type DeliveryProvider,
  type SurveyMessage,
} from '../ports/delivery-provider.ts';
import { internetMessage, messageNameOf } from './internet-message.ts';
import type { Mail, MailComposer } from './mail.ts';
import { senderOf, type BrandSenders } from './sender.ts';

/** Holds files that are not complete yet, inside the outbox so that they can be renamed into place. */
const unfinished = '.unfinished';

/**
 * The delivery for trying things out: writes every mail into a folder, as `<surveyId>.eml` for a mail program and
 * `<surveyId>.json` for scripts, or `<surveyId>-reminder.…` for a reminder. All files are private to the user. A file
 * is either complete and on disk or absent; writing a survey again replaces its files.
 *
 * Failures: `outbox_full`, `outbox_not_writable`, `outbox_failed`, `bad_from`, `bad_address`, and the composer's.
 */
export function createOutbox(options: {
  directory: string;
  /** Null: an address that cannot be replied to. */
  from: string | null;
  brandSenders?: BrandSenders;
  composer: MailComposer;
  clock: () => number;
}): DeliveryProvider {
  const { directory, composer, clock } = options;
  const senderSetting = ({ brand }: SurveyMessage): string | null =>
    options.brandSenders?.get(brand ?? '') ?? options.from;

  async function deliver(message: SurveyMessage, leaving: () => Promise<void>): Promise<DeliveryOutcome> {
    const name = messageNameOf(message);
    let drafts: Draft[] = [];
    try {
      const now = clock();
      const mail = composer(message);
      const from = senderSetting(message);
      const eml = await internetMessage(mail, message, senderOf(from), now);
      const json = `${JSON.stringify(record(message, mail, from, now), null, 2)}\n`;
      drafts = await onDisk(directory, async () => {
        makePrivateFolder(join(directory, unfinished));
        await removeDrafts(directory, name);
        // The mail comes last, so that no mail is without its record.
        return [await draft(directory, `${name}.json`, json), await draft(directory, `${name}.eml`, eml)];
      });
    } catch (error) {
      await removeDraftsIfPossible(directory, name);
      return notSent(error);
    }

    try {
      await leaving();
    } catch (error) {
      await removeDraftsIfPossible(directory, name);
      throw error;
    }

    try {
      await onDisk(directory, () => publish(directory, drafts));
      return { status: 'sent', externalId: `${name}.eml` };
    } catch (error) {
      return notSent(error);
    }
  }

  return { name: 'outbox', repeatable: true, deliver, close: () => Promise.resolve() };
}

function record(message: SurveyMessage, mail: Mail, from: string | null, now: number): object {
  return { ...message, from, writtenAt: timeAt(now), subject: mail.subject, text: mail.text };
}

interface Draft {
  path: string;
  target: string;
}

async function draft(directory: string, file: string, content: string | Buffer): Promise<Draft> {
  const path = join(directory, unfinished, `${file}.${randomUUID()}`);
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { path, target: join(directory, file) };
}

async function publish(directory: string, drafts: readonly Draft[]): Promise<void> {
  const published: string[] = [];
  try {
    for (const { path, target } of drafts) {
      await rename(path, target);
      published.push(target);
    }
  } catch (error) {
    await Promise.all(
      [...published, ...drafts.map(({ path }) => path)].map((path) => rm(path, { force: true })),
    );
    throw error;
  }
  await syncFolder(directory);
}

/** Includes drafts of this survey that a killed process left behind. No name has a dot before its suffix. */
async function removeDrafts(directory: string, name: string): Promise<void> {
  const folder = join(directory, unfinished);
  const own = (await readdir(folder)).filter((file) => file.startsWith(`${name}.`));
  await Promise.all(own.map((file) => rm(join(folder, file), { force: true })));
}

/** Removes all files of a survey. @throws Failure outbox_not_writable, outbox_failed */
export async function removeFromOutbox(directory: string, surveyId: string): Promise<void> {
  const names = [messageNameOf({ surveyId }), messageNameOf({ surveyId, isReminder: true })];
  await onDisk(directory, async () => {
    for (const name of names) {
      for (const file of [`${name}.eml`, `${name}.json`]) await rm(join(directory, file), { force: true });
      if (existsSync(join(directory, unfinished))) await removeDrafts(directory, name);
    }
  });
}

/** Called after another error, which says more than that the folder cannot be read. */
async function removeDraftsIfPossible(directory: string, name: string): Promise<void> {
  await removeDrafts(directory, name).catch(() => undefined);
}

const failures: Record<string, 'outbox_full' | 'outbox_not_writable'> = {
  ENOSPC: 'outbox_full',
  EDQUOT: 'outbox_full',
  EACCES: 'outbox_not_writable',
  EPERM: 'outbox_not_writable',
  EROFS: 'outbox_not_writable',
  ENOTDIR: 'outbox_not_writable',
  EEXIST: 'outbox_not_writable',
  EISDIR: 'outbox_not_writable',
};

async function onDisk<Result>(directory: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === '') throw error;
    const failure = failures[code];
    if (failure === 'outbox_full') {
      throw new Failure('temporary', failure, `the disk of the outbox ${directory} is full`, {
        hint: 'Free some space, then run the command again.',
        cause: error,
      });
    }
    if (failure === 'outbox_not_writable') {
      throw new Failure('configuration', failure, `the outbox ${directory} cannot be written to (${code})`, {
        hint: 'Make it a folder that you can write to, or choose another data directory with GCSAT_DATA_DIR.',
        cause: error,
      });
    }
    throw new Failure('temporary', 'outbox_failed', `writing to the outbox ${directory} failed (${code})`, {
      hint: 'Check the disk, then run the command again.',
      cause: error,
    });
  }
}
