import { describe, test } from 'vitest';
import { isOnServer } from '../support/tested-ledger.ts';
import { isWhole, proofTimeoutMs } from './extent.ts';
import * as staged from './stagings.ts';
import { expectSwept } from './sweep.ts';

/**
 * How many points a bounded proof tries by number, for each command: with a ledger in a file, the one in the middle.
 * `npm run proof` dies at all points.
 */
const fewPoints = isOnServer ? 0 : 1;

const around = (what: string): string[] => [`before ${what}`, `after ${what}`];
const asking = (request: string): string[] => [
  `before request ${request}`,
  `written request ${request}`,
  `answered request ${request}`,
];
const marked = around('ledger COMMIT of insert into history, insert into messages');
/** The same if the survey asks for more than a rating. */
const markedWithForm = around(
  'ledger COMMIT of insert into forms, insert into history, insert into messages',
);
const settled = around('ledger COMMIT of insert into history, update closings set, update messages set');
const message = [...marked, ...asking('POST /api/v1/communications/email'), ...settled];
const card = [
  ...around('ledger COMMIT of insert into cards'),
  ...asking('POST /api/v1/customers'),
  ...around('ledger COMMIT of delete from cards_due, update cards set'),
];
const note = [
  'after ledger insert into alerts',
  ...asking('POST /_sandbox/alerts'),
  ...asking('POST /api/v1/conversations'),
  ...around('ledger COMMIT of update alerts set'),
];
const reminded = [
  'after ledger insert into reminders',
  ...around('ledger COMMIT of update closings set, update reminders set'),
  ...asking('POST /api/v1/communications/email'),
  ...around('ledger COMMIT of update closings set, update reminders set @2'),
];
const events = asking('GET /api/v1/events');

const all: [name: string, staging: staged.Staging, decisive: string[]][] = [
  ['replay: one message, or a doubt that is listed', staged.replay, message],
  ['replay into the outbox: one whole message', staged.replayToOutbox, [...marked, ...settled]],
  [
    'replay by smtp: one mail, or a doubt that is listed',
    staged.replayBySmtp,
    [...markedWithForm, ...settled],
  ],
  ['sync: one reminder, or a doubt that is listed', staged.reminder, reminded],
  [
    'sync into the outbox: one whole reminder',
    staged.reminderToOutbox,
    ['before file rename', ...around('ledger COMMIT of update closings set, update reminders set')],
  ],
  [
    'serve by smtp: one reminder, which stands with the first mail, or a doubt that is listed',
    staged.reminderByServe,
    [
      'after ledger COMMIT of update closings set, update reminders set',
      'before ledger COMMIT of update closings set, update reminders set @2',
    ],
  ],
  ['post: one card', staged.post, card],
  ['post of a low rating: its alert, and at most one note', staged.alert, note],
  ['post of a changed answer: the new card alone', staged.postAgain, asking('DELETE')],
  ['post of an answer, and then of another: the new card alone', staged.postAnother, card],
  ['backfill: one verdict for each closing', staged.backfill, [...events, 'answered request POST']],
  [
    'sync: one verdict for each closing, and the card that was missing',
    staged.sync,
    [...events, 'before ledger insert into checkpoints @2', 'answered request POST /api/v1/customers'],
  ],
  [
    'serve: what was taken is kept, one message, one card',
    staged.serve,
    [...around('answer POST 200'), 'answered request POST /api/v1/communications/email'],
  ],
];

/**
 * With a ledger on a server, the proof covers these three, which go through the steps of the others. A bounded proof
 * dies where a COMMIT or its answer is lost on its way: the program is the same, and the proof with a file dies at the
 * other points.
 */
const fewOnServer = new Map<staged.Staging, string[]>([
  [staged.replay, [...marked, ...settled].filter((point) => point.startsWith('after'))],
  [staged.backfill, ['after ledger COMMIT of insert into history, insert into messages @2']],
  [staged.serve, ['after answer POST 200']],
]);

const cases = isOnServer
  ? all.flatMap(([name, staging, decisive]): typeof all => {
      const few = fewOnServer.get(staging);
      return few === undefined ? [] : [[name, staging, isWhole ? decisive : few]];
    })
  : all;

describe('dying at every point, and run again', () => {
  test.each(cases)('%s', { timeout: proofTimeoutMs }, async (name, staging, decisive) => {
    await expectSwept(name, staging, { few: fewPoints, decisive });
  });

  if (!isOnServer)
    test('post of an answer whose card comes after that of another: the new card alone', async () => {
      await staged.overtakenCard();
    });
});
