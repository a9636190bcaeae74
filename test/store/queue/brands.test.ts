import { expect, test } from 'vitest';
import { addressHistory } from '../../../src/store/addresses/history.ts';
import { companyNameOf } from '../../../src/store/closings/groups.ts';
import { closingById, closingOfSurvey } from '../../../src/store/closings/closings.ts';
import { claimClosing } from '../../../src/store/queue/claims.ts';
import { resendClosing } from '../../../src/store/queue/acts.ts';
import {
  decideClosing,
  markLeaving,
  recordDelivery,
  type DecisionInput,
} from '../../../src/store/queue/decisions.ts';
import type { Ledger } from '../../../src/store/ledger/ledger.ts';
import { at, day, freshLedger, here, nothingRead, reported, toSend } from '../support.ts';

const doubt = { code: 'cut_off', message: 'The connection ended.', hint: 'Look.' };
const nordwind = { brand: 'nordwind', companyName: 'Nordwind & Söhne' };

function input(closingId: string, reading: Partial<DecisionInput['reading']>): DecisionInput {
  return {
    ...{ closingId, worker: here, at: at(50), address: 'kim@example.com', since: at(-7 * day) },
    reading: { ...nothingRead, ...reading },
  };
}

const send = (closingId: string) => () => toSend(closingId, at(50));

/** A closing that was decided for a brand, and whose message is in doubt. */
async function inDoubt(ledger: Ledger): Promise<string> {
  const { id } = await reported(ledger, 'c1');
  await claimClosing(ledger, id, here, at(40));
  await decideClosing(ledger, input(id, nordwind), send(id));
  const sequence = await markLeaving(ledger, id, here, at(51));
  await recordDelivery(ledger, id, at(52), { status: 'uncertain', failure: doubt }, 0, sequence);
  return id;
}

test('a closing has the brand that it was decided for, and a verdict without a reading leaves it', async () => {
  const ledger = await freshLedger();
  const { id } = await reported(ledger, 'c1');
  expect(await closingById(ledger, id)).toMatchObject({ brand: null });
  await decideClosing(ledger, input(id, nordwind), send(id));
  expect(await closingById(ledger, id)).toMatchObject({ brand: 'nordwind' });
  expect(await companyNameOf(ledger, 'nordwind')).toBe('Nordwind & Söhne');
  await decideClosing(ledger, input(id, {}), () => ({ suppress: [{ code: 'too_old', detail: 'old' }] }));
  expect(await closingById(ledger, id)).toMatchObject({ state: 'suppressed', brand: 'nordwind' });
});

test('a brand’s company is called what was read last; one without a name keeps the last one', async () => {
  const ledger = await freshLedger();
  const names: (string | null)[] = ['Nordwind', null, 'Nordwind Group'];
  const known: (string | null)[] = [];
  for (const [index, companyName] of names.entries()) {
    const { id } = await reported(ledger, `c${index}`);
    await decideClosing(ledger, input(id, { brand: 'nordwind', companyName }), () => ({
      suppress: [{ code: 'sampled_out', detail: 'not in the sample' }],
    }));
    known.push(await companyNameOf(ledger, 'nordwind'));
  }
  expect(known).toEqual(['Nordwind', 'Nordwind', 'Nordwind Group']);
});

test('the history of an address says for which brand each survey was', async () => {
  const ledger = await freshLedger();
  for (const [name, brand] of [
    ['c1', 'nordwind'],
    ['c2', null],
  ] as const) {
    const { id } = await reported(ledger, name);
    await decideClosing(ledger, input(id, { brand, companyName: null }), send(id));
  }
  const question = { address: 'kim@example.com', since: at(-day), lane: 'live', except: null } as const;
  const { others } = await addressHistory(ledger, question);
  expect(others.map(({ brand }) => brand).toSorted()).toEqual(['nordwind', null].toSorted());
});

test('a message that may have arrived keeps its brand on its page, whatever the closing is decided for next', async () => {
  const ledger = await freshLedger();
  const id = await inDoubt(ledger);
  const { surveyId } = (await closingById(ledger, id))!;
  await resendClosing(ledger, id, at(60));
  const other = { brand: 'other', companyName: 'Other' };
  await decideClosing(ledger, { ...input(id, other), at: at(61) }, () => ({
    suppress: [{ code: 'inbox_excluded', detail: 'inbox Returns' }],
  }));
  expect(await closingById(ledger, id)).toMatchObject({ state: 'suppressed', brand: 'nordwind' });
  expect(await closingOfSurvey(ledger, surveyId!)).toMatchObject({ brand: 'nordwind', leftAt: at(51) });
  expect(await companyNameOf(ledger, 'nordwind')).toBe('Nordwind & Söhne');
});

test('a message that leaves for another brand has that one, and the closing with it', async () => {
  const ledger = await freshLedger();
  const id = await inDoubt(ledger);
  await resendClosing(ledger, id, at(60));
  await decideClosing(ledger, { ...input(id, { brand: null, companyName: null }), at: at(61) }, send(id));
  await markLeaving(ledger, id, here, at(62));
  const rows = await ledger.read((db) =>
    db.selectFrom('messages').select(['sequence', 'brand']).orderBy('sequence').execute(),
  );
  expect(rows.map(({ brand }) => brand)).toEqual(['nordwind', null]);
  expect(await closingById(ledger, id)).toMatchObject({ state: 'sending', brand: null });
});
