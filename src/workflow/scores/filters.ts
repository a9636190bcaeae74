import type { ReportFilters, ReportName } from '../../documents/report.ts';
import { channels } from '../../domain/attribution/timeline.ts';
import type { ImportChoice } from '../../domain/scores/report-parts.ts';
import { addressKey } from '../../domain/eligibility/addresses.ts';
import { nameKey } from '../../domain/values/name-key.ts';
import { nearNames } from '../../domain/values/near-words.ts';
import { Failure } from '../../failure.ts';
import type { Ledger, Reading } from '../../store/ledger/ledger.ts';
import type { NameKind } from '../../store/ledger/tables.ts';
import { brandsIn, isKnownIn, namesIn } from '../../store/views/score-details.ts';

/** Ids or names as a person typed them; for agents, also email addresses. */
export interface GivenFilters {
  agents: readonly string[];
  inboxes: readonly string[];
  topics: readonly string[];
  channels: readonly string[];
  brands: readonly string[];
  imported?: ImportChoice;
}

const most = 5;

/**
 * What the given names mean in this ledger. A name that several share means all of them.
 *
 * @throws Failure kind usage, code `agent_unknown` and the like; its hint lists similar names
 */
export async function filtersOf(ledger: Ledger, given: GivenFilters): Promise<ReportFilters> {
  return ledger.read(async (db) => ({
    agents: await namedIn(db, 'agent', given.agents),
    inboxes: await namedIn(db, 'inbox', given.inboxes),
    topics: await namedIn(db, 'topic', given.topics),
    channels: given.channels.map((text) => among('channel', channels, text)),
    brands: given.brands.length === 0 ? [] : await brandsOf(db, given.brands),
    imported: given.imported ?? 'with',
  }));
}

async function brandsOf(db: Reading, given: readonly string[]): Promise<string[]> {
  const known = await brandsIn(db);
  return given.map((text) => among('brand', known, text));
}

function among(kind: string, known: readonly string[], text: string): string {
  const found = known.find((one) => nameKey(one) === nameKey(text));
  if (found === undefined) throw unknown(kind, text, known);
  return found;
}

async function namedIn(db: Reading, kind: NameKind, given: readonly string[]): Promise<ReportName[]> {
  if (given.length === 0) return [];
  const known = await namesIn(db, kind);
  const found = new Map<string, ReportName>();
  for (const text of given) {
    const byId = known.filter(({ id }) => id === text);
    const meant =
      byId.length > 0
        ? byId
        : known.filter(
            ({ id, name, email }) => nameKey(name) === nameKey(text) || isAddressOf(text, [id, email]),
          );
    for (const { id, name } of meant) found.set(id, { id, name });
    if (meant.length > 0) continue;
    if (!(await isKnownIn(db, kind, text))) {
      throw unknown(
        kind,
        text,
        known.map(({ name }) => name),
      );
    }
    found.set(text, { id: text, name: null });
  }
  return [...found.values()];
}

/** For an agent whom Gladly does not list, the address is the id. */
function isAddressOf(text: string, known: readonly (string | null)[]): boolean {
  const key = addressKey(text);
  return key.includes('@') && known.some((one) => one !== null && addressKey(one) === key);
}

function unknown(kind: string, text: string, known: readonly string[]): Failure {
  const near = nearNames(text, [...new Set(known)]).slice(0, most);
  const listed = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
  const hint =
    near.length > 0
      ? `Did you mean ${listed(near)}?`
      : known.length > 0
        ? `Give an id or a name, e.g. ${listed(known.slice(0, most))}.`
        : `The ledger knows no ${kind} yet.`;
  return new Failure('usage', `${kind}_unknown`, `the ledger knows no ${kind} '${text}'`, { hint });
}
