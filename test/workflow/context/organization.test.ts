import { expect, test } from 'vitest';
import { Failure, type FailureKind } from '../../../src/failure.ts';
import type { Organization } from '../../../src/gladly/resources/organization.ts';
import { createDirectory } from '../../../src/gladly/directory.ts';
import type { GladlyClient } from '../../../src/gladly/client.ts';
import { directoryCache } from '../../../src/store/directories.ts';
import { identifiedOrganization } from '../../../src/workflow/context/organization.ts';
import { minute, world, type World } from '../support.ts';

const madrid: Organization = { id: 'acme', name: 'Acme', timezone: 'Europe/Madrid' };
const failure = (kind: FailureKind): Failure => new Failure(kind, kind, 'no answer', { hint: 'none' });

interface Asked {
  organization: () => Promise<Organization>;
  /** What Gladly says from now on. */
  gladly: { says: Organization | Failure; asked: number };
}

/** A process that uses this ledger. */
function processOf({ ledger, time }: World, says: Organization | Failure = madrid): Asked {
  const gladly: Asked['gladly'] = { says, asked: 0 };
  const client = {
    getOrganization: async () => {
      gladly.asked += 1;
      if (gladly.says instanceof Failure) throw gladly.says;
      return gladly.says;
    },
  } as unknown as GladlyClient;
  const clock = (): number => time.now;
  const directory = createDirectory({ client, cache: directoryCache(ledger), clock });
  const settings = { origin: 'http://127.0.0.1:4010', hostKind: 'loopback' } as const;
  return { gladly, organization: identifiedOrganization({ settings, ledger, client, directory, clock }) };
}

test('a new time zone is seen within a quarter of an hour, and Gladly asked once in it', async () => {
  const own = await world();
  const { organization, gladly } = processOf(own);
  expect(await Promise.all([organization(), organization()])).toEqual([madrid, madrid]);
  gladly.says = { ...madrid, timezone: 'America/New_York' };
  own.time.now += 15 * minute - 1;
  expect([await organization(), gladly.asked]).toEqual([madrid, 1]);
  own.time.now += 1;
  expect(await Promise.all([organization(), organization()])).toEqual([gladly.says, gladly.says]);
  expect(gladly.asked).toBe(2);
});

test.each<FailureKind>(['temporary', 'credentials', 'contract'])(
  'what is known stays while Gladly does not tell it (%s), and is asked for again a minute later',
  async (kind) => {
    const own = await world();
    const { organization, gladly } = processOf(own);
    await organization();
    own.time.now += 60 * minute;
    gladly.says = failure(kind);
    expect([await organization(), await organization(), gladly.asked]).toEqual([madrid, madrid, 2]);
    gladly.says = { ...madrid, name: 'Acme Home' };
    own.time.now += minute;
    expect(await organization()).toEqual(gladly.says);
  },
);

test('where nothing is known yet, its failure is told, and not kept', async () => {
  const { organization, gladly } = processOf(await world(), failure('temporary'));
  await expect(organization()).rejects.toMatchObject({ kind: 'temporary' });
  gladly.says = madrid;
  expect(await organization()).toEqual(madrid);
});

test('another organisation at the address is refused, as often as it is asked for', async () => {
  const own = await world();
  const { organization, gladly } = processOf(own);
  await organization();
  own.time.now += 15 * minute;
  gladly.says = { ...madrid, id: 'other' };
  for (let turn = 0; turn < 2; turn += 1)
    await expect(organization()).rejects.toMatchObject({ code: 'ledger_of_other_organization' });
  gladly.says = madrid;
  expect(await organization()).toEqual(madrid);
});

test('a second process needs no answer of Gladly for what the ledger has kept', async () => {
  const own = await world();
  await processOf(own).organization();
  const { organization, gladly } = processOf(own, failure('temporary'));
  expect([await organization(), gladly.asked]).toEqual([madrid, 0]);
});
