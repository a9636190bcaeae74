import { expect, test } from 'vitest';
import type { SyncDocument } from '../../../src/documents/backfill.ts';
import { readCheckpoint, setCheckpointOnce } from '../../../src/store/checkpoints.ts';
import { sync } from '../../../src/workflow/runs/sync.ts';
import {
  backfillOf,
  day,
  documentOf,
  hour,
  iso,
  minute,
  silent,
  tickOf,
  unlimited,
  world,
} from '../support.ts';

const policy = { suppressionDays: 0, reminderAfter: 3 * day };
const whatLeaves = ({ thisRun, reminders, end }: SyncDocument) => ({ sent: thisRun.sent, reminders, end });

test.each([null, 0, 1, 2, 3])(
  'a dry run predicts surveys and the reminders after them, of at most %j messages',
  async (maxSends) => {
    const own = await world();
    for (const name of ['ada', 'kim']) await own.tell({ customer: { email: `${name}@example.org` } });
    own.time.now += minute;
    const services = () => own.services({ policy });
    await backfillOf(services(), [own.time.now - hour, own.time.now]);
    own.time.now += 3 * day;
    await tickOf(own.services({ policy: { ...policy, reminderAfter: null } }));
    own.time.now += minute;
    await own.tell({ customer: { email: 'lee@example.org' } });
    own.time.now += minute;
    const tick = (dryRun: boolean): Promise<SyncDocument> =>
      documentOf(sync(services(), { limits: { ...unlimited, maxSends }, dryRun, timezone: 'UTC' }, silent));
    const before = own.sandbox.mailbox().length;
    const dry = whatLeaves(await tick(true));
    expect(own.sandbox.mailbox()).toHaveLength(before);
    expect(whatLeaves(await tick(false))).toEqual(dry);
    const most = Math.min(maxSends ?? 3, 3);
    expect(dry.sent + dry.reminders.sent).toBe(most);
    expect(own.sandbox.mailbox()).toHaveLength(before + most);
  },
);

test('a dry run says which stored times it would mend, and mends none', async () => {
  const own = await world();
  const ahead = iso(own.time.now + 2 * hour);
  await setCheckpointOnce(own.ledger, { lane: 'live', name: 'until' }, ahead);
  const warned: string[] = [];
  const listener = { ...silent, warn: (sentence: string) => void warned.push(sentence) };
  await sync(own.services(), { limits: unlimited, dryRun: true, timezone: 'UTC' }, listener);
  expect(warned).toContainEqual(expect.stringContaining(ahead));
  expect(await readCheckpoint(own.ledger, { lane: 'live', name: 'until' })).toBe(ahead);
});
