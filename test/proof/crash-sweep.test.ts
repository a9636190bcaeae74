import { describe, expect, test } from 'vitest';
import { proofTimeoutMs } from './extent.ts';
import * as staged from './stagings.ts';
import { sweep } from './sweep.ts';

/** Of a bounded proof; the whole one dies at every point. */
const fewPoints = 6;

describe('dying at every point, and run again', () => {
  test.each<[string, staged.Staging]>([
    ['replay: one message, or a doubt that is listed', staged.replay],
    ['replay into the outbox: one whole message', staged.replayToOutbox],
    ['replay by smtp: one mail, or a doubt that is listed', staged.replayBySmtp],
    ['post: one card', staged.post],
    ['post of a changed answer: the new card alone', staged.postAgain],
    ['backfill: one verdict for each closing', staged.backfill],
    ['sync: one verdict for each closing, and the card that was missing', staged.sync],
    ['serve: what was taken is kept, one message, one card', staged.serve],
  ])('%s', { timeout: proofTimeoutMs }, async (name, staging) => {
    const { points, died, doubts, wrong } = await sweep(staging, fewPoints);
    process.stdout.write(
      `${name}: ${points.length} points, died at ${died.length}, ${doubts} times in doubt\n`,
    );
    expect(wrong).toEqual([]);
    // A sweep in which nothing dies would prove nothing.
    expect(died.length).toBeGreaterThanOrEqual(fewPoints - 1);
  });
});
