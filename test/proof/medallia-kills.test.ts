import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { closedConversation, surveysOf } from '../support/gladly.ts';
import { answer, cardsOn, withMedallia } from '../support/medallia.ts';
import { runJson, start } from '../support/run.ts';
import { runInside } from '../support/run-inside.ts';
import { isWhole, proofTimeoutMs } from './extent.ts';

const closings = isWhole ? 40 : 5;
/** Closings of customers who are surveyed about another closing. */
const unasked = isWhole ? 10 : 2;
/** How often each of the four runs is killed. */
const kills = isWhole ? 25 : 3;

/** The requests for all closings and cards take about half a minute at the rate limits alone. */
const timeoutMs = 180_000;

const serve = ['serve', '--port', '0', '--no-catch-up'];

test(
  'a backfill and a server that are killed at any moment request each closing once, and each answer has one card',
  { timeout: proofTimeoutMs },
  async () => {
    const medallia = await withMedallia();
    const { rows } = medallia;
    const env = {
      ...medallia.env,
      GCSAT_WEBHOOK_USER: 'gladly',
      GCSAT_WEBHOOK_PASSWORD: 'a password of tests',
    };
    const ids: string[] = [];
    for (let number = 0; number < closings; number += 1) {
      ids.push(await closedConversation(medallia, `kim${number}@example.org`));
    }
    for (let number = 0; number < unasked; number += 1) {
      ids.push(await closedConversation(medallia, `kim${number}@example.org`));
    }
    expect((await runInside(['configure', 'set', 'medalliaCountSuppressed=on'], { env })).code).toBe(0);
    // Gladly's events would show the closings only after a while.
    const file = join(medallia.env['GCSAT_DATA_DIR'] ?? '', '..', 'ids.txt');
    writeFileSync(file, ids.join('\n'));
    const backfill = ['backfill', '--conversations', file, '--yes'];
    let died = 0;
    const killed = async (args: readonly string[]): Promise<void> => {
      const child = start(args, { env });
      child.stdout.resume();
      child.stderr.resume();
      const ended = once(child, 'close');
      await Promise.race([wait(400 + Math.random() * 4000), ended]);
      if (child.exitCode === null) died += 1;
      child.kill('SIGKILL');
      await ended;
    };
    for (let time = 0; time < kills; time += 1) {
      await killed(backfill);
      await killed(serve);
    }
    expect(died).toBeGreaterThan(kills);
    expect((await runJson(backfill, { env, timeoutMs })).code).toBe(0);
    // This run reads the rows and settles what arrived; the rest is left to a person.
    expect((await runJson(['sync'], { env, timeoutMs })).code).toBe(0);
    const all = (await rows()).map((row) => row['ext_interaction_id']);
    expect(new Set(all).size).toBe(all.length);
    const requested = (await rows()).flatMap((row) =>
      row['request_sent_at'] === null ? [] : row['ext_interaction_id'],
    );
    const entries = await surveysOf(env);
    expect(entries.map(({ conversationId }) => conversationId)).toEqual(expect.arrayContaining(ids));
    const suppressed = entries.filter(({ state }) => state === 'suppressed');
    expect(suppressed).toHaveLength(unasked);
    for (const { closingId } of suppressed) {
      const { document } = await runJson(['surveys', 'show', '--', String(closingId)], { env });
      expect(document.count.state).toBe(all.includes(closingId) ? 'counted' : 'uncertain');
    }
    for (const entry of entries.filter((one) => !suppressed.includes(one))) {
      const isThere = requested.includes(entry['closingId']);
      expect({ isThere, state: entry['state'] }).toEqual({ isThere, state: isThere ? 'sent' : 'uncertain' });
    }
    for (const id of requested) await answer(medallia, id, 4, 'fine');
    for (let time = 0; time < kills; time += 1) {
      await killed(serve);
      await killed(['sync']);
    }
    expect((await runJson(['sync'], { env, timeoutMs })).code).toBe(0);
    const answered = (await surveysOf(env)).filter(({ state }) => state === 'answered');
    expect(answered).toHaveLength(requested.length);
    expect(answered.filter(({ card }) => card === null)).toEqual([]);
    expect(await cardsOn(medallia)).toBe(requested.length);
    expect(medallia.deviations()).toEqual([]);
  },
);
