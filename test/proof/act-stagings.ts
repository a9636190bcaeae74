import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { filesWith } from '../support/files-with.ts';
import { createScene, type Scene } from './scene.ts';
import { cardsOnTimelines } from './seen-from-outside.ts';
import { again, type Staging } from './stagings.ts';

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

/** In the end, no file contains anything about the customer, and the card is gone from the timeline. */
export const forget: Staging = async () => {
  const scene = await createScene({ GCSAT_DELIVERY: 'outbox' });
  const { exampleConversationId: conversation } = scene.sandbox;
  const { customer } = await again(scene, ['replay', '--', conversation]);
  const comment = 'My parcel was late & cold';
  await again(scene, ['post', '--rating', '2', '--comment', comment, '--', conversation]);
  const args = ['surveys', 'forget', '--yes', '--', customer.email];
  const texts = [customer.id, customer.email, comment];
  const data = scene.env['GCSAT_DATA_DIR'] ?? '';
  return {
    scene,
    args,
    sendsNothing: true,
    verify: async () => {
      expect((await again(scene, args)).open).toEqual([]);
      expect(filesWith(data, texts)).toEqual([]);
      const { posted, deleted } = await cardsOnTimelines(scene);
      expect([posted, deleted]).toEqual([1, 1]);
      expect(await scene.look(['surveys', 'list'])).toMatchObject([
        { state: 'answered', customer: null, answer: { rating: 2, comment: null } },
      ]);
    },
  };
};

/** Every row is taken once. */
export const importing: Staging = async () => {
  const scene = await createScene();
  const file = join(scene.folder, 'export.csv');
  const asked = minutesAgo(3000);
  const rows = [
    'ext_interaction_id,request_sent_at,request_sent_to,request_delivery_status,star_rating,comments,response_received_at,employee_email',
    `c1,${asked},kim@example.org,Sent,2,Slow,${minutesAgo(2000)},`,
    `c2,${asked},lee@example.org,Sent,5,,${minutesAgo(1000)},`,
    `c3,${asked},max@example.org,Sent,,,,`,
  ];
  writeFileSync(file, rows.map((row) => `${row}\n`).join(''));
  const args = ['import', file];
  return {
    scene,
    args,
    sendsNothing: true,
    verify: async () => {
      expect(await again(scene, args)).toMatchObject({ rows: 3, unreadable: 0 });
      const list = (await scene.look(['surveys', 'list'])) as {
        conversationId: string;
        state: string;
        answer: { rating: number } | null;
      }[];
      const found = list.map(({ conversationId, state, answer }) => [conversationId, state, answer?.rating]);
      expect(found.sort()).toEqual([
        ['c1', 'answered', 2],
        ['c2', 'answered', 5],
        // Surveyed by another program, not by us.
        ['c3', 'suppressed', undefined],
      ]);
    },
  };
};

/** The file is either the old one or the new one, and in the end nothing is left beside it. */
export const exporting: Staging = async () => {
  const scene = await createScene();
  await again(scene, ['replay', '--', scene.sandbox.exampleConversationId]);
  const folder = join(scene.folder, 'exports');
  mkdirSync(folder, { mode: 0o700 });
  const file = join(folder, 'closings.csv');
  const old = 'what was exported last week\r\n';
  writeFileSync(file, old);
  const args = ['export', '--since', '2d', '--output', file];
  const whole = /^closingId,[^\r]*\r\n[^\r]*\r\n$/;
  return {
    scene,
    args,
    sendsNothing: true,
    verify: async () => {
      const left = readFileSync(file, 'utf8');
      if (left !== old) expect(left).toMatch(whole);
      const { code, stderr } = await scene.run(args);
      expect(code, stderr).toBe(0);
      expect(readFileSync(file, 'utf8')).toMatch(whole);
      expect(readdirSync(folder)).toEqual(['closings.csv']);
    },
  };
};

/** A ledger that an earlier version made; messages that were leaving are already in doubt. */
export function upgradeFrom(version: number): Staging {
  let unhurt: Promise<unknown> | undefined;
  return async () => {
    const scene = await sceneOf(version);
    const args = ['ledger', 'upgrade'];
    return {
      scene,
      args,
      sendsNothing: true,
      verify: async () => {
        await again(scene, args);
        expect((await again(scene, ['ledger', 'check'])).problems).toEqual([]);
        unhurt ??= upgraded(version, args);
        expect(contentOf(scene)).toEqual(await unhurt);
      },
    };
  };
}

async function sceneOf(version: number): Promise<Scene> {
  const scene = await createScene();
  writeFileSync(scene.env['GCSAT_DATABASE_URL'] ?? '', '');
  withLedger(scene, (database) => {
    database.exec(readFileSync(join(import.meta.dirname, `../store/version-${version}.sql`), 'utf8'));
    database.exec("UPDATE closings SET state = 'uncertain' WHERE state = 'sending'");
  });
  return scene;
}

/** What becomes of the ledger if nothing dies. */
async function upgraded(version: number, args: readonly string[]): Promise<unknown> {
  const scene = await sceneOf(version);
  try {
    await again(scene, args);
    return contentOf(scene);
  } finally {
    await scene.close();
  }
}

function withLedger<T>({ env }: Scene, work: (database: DatabaseSyncInstance) => T): T {
  const database = new DatabaseSync(env['GCSAT_DATABASE_URL'] ?? '');
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** Tables and indexes, the closings, and how many rows each table has: keys and times differ from run to run. */
function contentOf(scene: Scene): unknown {
  return withLedger(scene, (database) => {
    const shape = database.prepare(
      "SELECT name, type FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name",
    );
    const things = shape.all() as { name: string; type: string }[];
    const closings = database.prepare('SELECT id, lane, state, survey_id, address FROM closings ORDER BY id');
    const counts = things
      .filter(({ type }) => type === 'table')
      .map(({ name }) => [name, database.prepare(`SELECT count(*) AS count FROM "${name}"`).get()]);
    return { things, closings: closings.all(), counts };
  });
}

/** Sending is paused or not; in the end it is paused, and can be resumed. */
export const pausing: Staging = async () => {
  const scene = await createScene();
  const args = ['pause', '--reason', 'wrong words'];
  const { exampleConversationId: conversation } = scene.sandbox;
  return {
    scene,
    args,
    sendsNothing: true,
    verify: async () => {
      expect(await again(scene, args)).toMatchObject({ paused: true, reason: 'wrong words' });
      expect((await again(scene, ['replay', '--', conversation])).outcome).toBe('scheduled');
      expect((await again(scene, ['resume'])).wasPaused).toBe(true);
      expect((await again(scene, ['replay', '--', conversation])).outcome).toBe('sent');
    },
  };
};

/** Sending is resumed or not yet; in the end it is resumed. */
export const resuming: Staging = async () => {
  const scene = await createScene();
  const { exampleConversationId: conversation } = scene.sandbox;
  await again(scene, ['pause']);
  await again(scene, ['replay', '--', conversation]);
  const args = ['resume'];
  return {
    scene,
    args,
    sendsNothing: true,
    verify: async () => {
      await again(scene, args);
      expect((await again(scene, ['replay', '--', conversation])).outcome).toBe('sent');
    },
  };
};

/** From a server into a file: an unfinished copy is never taken for a whole one, and continues where it stopped. */
export const copying: Staging = async () => {
  const scene = await createScene();
  const { exampleConversationId: conversation } = scene.sandbox;
  await again(scene, ['replay', '--', conversation]);
  await again(scene, ['post', '--rating', '4', '--', conversation]);
  const file = join(scene.folder, 'copy.db');
  const args = ['ledger', 'copy', 'env', file];
  const before = await scene.look(['surveys', 'show', '--', conversation]);
  const ofCopy = (...words: string[]) =>
    scene.run([...words, '--json'], { GCSAT_DATABASE_URL: file, GCSAT_DATA_DIR: scene.folder });
  const expectSame = async (): Promise<void> => {
    const { code, stdout, stderr } = await ofCopy('surveys', 'show', conversation);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual(before);
  };
  return {
    scene,
    args,
    sendsNothing: true,
    verify: async () => {
      // The copy was not begun, or must not be used, or is whole.
      if (existsSync(file)) {
        const { code, stdout } = await ofCopy('surveys', 'list');
        if (code !== 0) expect(JSON.parse(stdout).error.code).toBe('ledger_copy_unfinished');
        else if (stdout.trim() !== '[]') await expectSame();
      }
      // A whole copy is not empty, so nothing is copied into it.
      const { code, document } = await scene.json(args);
      if (code !== 0) expect(document.error.code).toBe('ledger_not_empty');
      expect((await ofCopy('ledger', 'check')).code).toBe(0);
      await expectSame();
    },
  };
};
