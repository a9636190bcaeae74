import type { ForgetDocument } from '../../documents/forget.ts';
import { addressKey } from '../../domain/eligibility/addresses.ts';
import { isDomainEntry, isExcludedCustomer } from '../../domain/eligibility/excluded-customers.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { Failure } from '../../failure.ts';
import { removeAbandonedFolders } from '../../store/copy-folders.ts';
import { forget, inventoryOf, isNothing, type Inventory } from '../../store/erase/forget.ts';
import { openErasures } from '../../store/erase/to-dos.ts';
import type { Services } from '../context/services.ts';
import { finishErasures, type Finished } from './finish.ts';

interface Options {
  dryRun: boolean;
  /** Leaves the cards in Gladly. */
  keepCards: boolean;
  /** @returns whether to go on */
  confirm: (plan: ForgetDocument) => Promise<boolean>;
}

const askEveryMilliseconds = 200;
/** Longer than the 30 s after which the claim of a dead process on another host ends. */
const patienceMilliseconds = 45_000;
const nothingLeft: Finished = { cards: 0, open: [] };

/**
 * Forgets a customer. If it is killed at any moment, running it again resumes where it stopped.
 *
 * @param typed a customer's id, an email address or a phone number, as a person writes it
 * @returns `failure`: why something is left to erase; null when nothing is
 * @throws Failure customer_not_found; closing_busy when a message or card stays in use too long: nothing is erased then
 */
export async function forgetCustomer(
  services: Services,
  typed: string,
  { dryRun, keepCards, confirm }: Options,
): Promise<{ document: ForgetDocument; failure: Failure | null }> {
  const who = { customerId: typed, address: addressKey(typed) };
  const found = await inventoryOf(services.ledger, who);
  const describe = (inventory: Inventory, outcome: ForgetDocument['outcome'], finished = nothingLeft) =>
    documentOf(services, inventory, { dryRun, keepCards, outcome, finished });
  if (isNothing(found)) {
    const isBegun = (await openErasures(services.ledger, null, 1)).length > 0;
    if (!found.subject.wasForgotten && !isBegun) throw notFound(typed);
    const finished = dryRun ? nothingLeft : await finishErasures(services, everything);
    return { document: describe(found, 'already_forgotten', finished), failure: failureOf(finished) };
  }
  const plan = describe(found, 'would_forget');
  if (dryRun) return { document: plan, failure: null };
  if (!(await confirm(plan))) return { document: { ...plan, outcome: 'declined' }, failure: null };
  const inventory = await forgetPatiently(services, who, keepCards);
  // Killed dry runs leave copies of the ledger.
  await removeAbandonedFolders();
  const finished = await finishErasures(services, everything);
  return { document: describe(inventory, 'forgotten', finished), failure: failureOf(finished) };
}

const everything = { all: true, largestLedger: Number.POSITIVE_INFINITY };

async function forgetPatiently(
  { ledger, clock, sleep }: Services,
  who: Parameters<typeof forget>[1],
  keepCards: boolean,
): Promise<Inventory> {
  const deadline = clock() + patienceMilliseconds;
  for (;;) {
    const forgetting = await forget(ledger, who, { at: timeNow(clock), keepCards });
    if (forgetting.done) return forgetting.inventory;
    if (clock() > deadline) {
      throw new Failure(
        'ledger',
        'closing_busy',
        `A message or a card of this customer is being worked on by ${forgetting.heldBy}; nothing was erased.`,
        { hint: 'Wait until it has left, and run this again. What had not left yet is canceled.' },
      );
    }
    await sleep(askEveryMilliseconds);
  }
}

function documentOf(
  { settings }: Services,
  { subject, cancelled, messages, answers, cards, outbox }: Inventory,
  {
    dryRun,
    keepCards,
    outcome,
    finished,
  }: { dryRun: boolean; keepCards: boolean; outcome: ForgetDocument['outcome']; finished: Finished },
): ForgetDocument {
  const open = finished.open.map(({ kind, name, failure: { code, message } }) => ({
    kind,
    name,
    error: { code, message },
  }));
  const { excludedCustomers } = settings.policy;
  const isNamed = [...subject.customers, ''].some((id) =>
    isExcludedCustomer(
      excludedCustomers.filter((entry) => !isDomainEntry(entry)),
      id,
      subject.addresses,
    ),
  );
  return {
    dryRun,
    outcome,
    customers: subject.customers,
    addresses: outcome === 'would_forget' ? subject.addresses.filter((one) => isShown(one, subject)) : [],
    closings: subject.closings,
    counts: {
      closings: subject.closings.length,
      cancelled,
      messages,
      answers,
      cards: cards.length,
      unsubscribed: subject.unsubscribed.length,
      outboxMessages: outbox.length,
      recordings: subject.recordings.length,
    },
    cards: {
      deleted: finished.cards,
      kept: keepCards ? cards.length : 0,
      open: open.filter(({ kind }) => kind === 'card').length,
    },
    open,
    warnings: isNamed
      ? [
          'excludedCustomers in the profile names this customer; the entry was kept, so that they are not asked again',
        ]
      : [],
  };
}

/** The typed text may be an id rather than an address. */
function isShown(address: string, { customers }: Inventory['subject']): boolean {
  return /@|^\+?\d+$/.test(address) && !customers.includes(address);
}

function failureOf({ open }: Finished): Failure | null {
  const [first] = open;
  if (first === undefined) return null;
  const { kind, message } = first.failure;
  const isAll = kind === 'credentials' || kind === 'temporary';
  return new Failure(
    isAll ? kind : 'partial',
    'not_all_erased',
    `${open.length} ${open.length === 1 ? 'thing is' : 'things are'} still to be erased: ${message}`,
    {
      hint: 'The ledger itself no longer holds anything about the customer. `gcsat serve` and `gcsat sync` try the rest again; or run this again.',
      cause: first.failure,
    },
  );
}

function notFound(typed: string): Failure {
  return new Failure('not_found', 'customer_not_found', `the ledger has nothing about a customer ${typed}`, {
    hint: "Give the customer's id in Gladly, an email address, or a number with its country code; `gcsat surveys list` shows the customers that it knows.",
  });
}
