import type { Evidence } from '../../domain/attribution/evidence.ts';
import type { ClosingChange } from '../../domain/closing/closing.ts';
import type { Ledger, Writing } from '../ledger/ledger.ts';
import type { ClosingsTable, NameKind, NamesTable } from '../ledger/tables.ts';

/** The columns that closings are grouped by, as far as the change sets them. */
export function groupColumns({ agent, evidence }: ClosingChange): Partial<ClosingsTable> {
  return {
    ...(agent === undefined ? {} : { agent_id: agent?.id ?? null }),
    ...(evidence === undefined
      ? {}
      : {
          inbox_id: evidence?.conversation.inbox?.id ?? null,
          channel: evidence?.attribution?.channel ?? null,
          assignee_id: evidence?.conversation.assignedAgentId ?? null,
          responded_at: evidence?.attribution?.respondedAt ?? null,
        }),
  };
}

/** Keeps a closing's topics, and the names of everything it is grouped by. */
export async function keepGroups(
  trx: Writing,
  { id, closed_at: closedAt }: Pick<ClosingsTable, 'id' | 'closed_at'>,
  change: ClosingChange,
): Promise<void> {
  const { evidence } = change;
  if (evidence !== undefined) {
    const topics = new Set(evidence?.conversation.topics.map((topic) => topic.id));
    await trx.deleteFrom('closing_topics').where('closing_id', '=', id).execute();
    if (topics.size > 0) {
      await trx
        .insertInto('closing_topics')
        .values([...topics].map((topic) => ({ closing_id: id, topic_id: topic, closed_at: closedAt })))
        .execute();
    }
  }
  await keepNames(trx, namesOf(change));
}

/** A newer reading has newer names. An email that is not given stays as it is. */
async function keepNames(trx: Writing, names: readonly NamesTable[]): Promise<void> {
  if (names.length === 0) return;
  await trx
    .insertInto('names')
    .values(names)
    .onConflict((conflict) =>
      conflict.columns(['kind', 'id']).doUpdateSet((eb) => ({
        name: eb.ref('excluded.name'),
        email: eb.fn.coalesce('excluded.email', 'names.email'),
      })),
    )
    .execute();
}

/** The company name that customers last read for a brand; null: no survey was sent for the brand. */
export async function companyNameOf(ledger: Ledger, brand: string): Promise<string | null> {
  const row = await ledger.read((db) =>
    db
      .selectFrom('names')
      .select('name')
      .where('kind', '=', 'brand')
      .where('id', '=', brand)
      .executeTakeFirst(),
  );
  return row?.name ?? null;
}

function namesOf({ agent, evidence, brand, companyName }: ClosingChange): NamesTable[] {
  const found: Named[] = [
    ...(evidence === undefined || evidence === null ? [] : namedIn(evidence)),
    // Last, so that the agent's email wins.
    ...(agent === undefined || agent === null ? [] : [{ kind: 'agent' as const, ...agent }]),
    { kind: 'brand', id: brand ?? null, name: companyName ?? null, email: null },
  ];
  const names = new Map<string, NamesTable>();
  for (const { kind, id, name, email } of found) {
    if (id !== null && name !== null) names.set(`${kind} ${id}`, { kind, id, name, email });
  }
  return [...names.values()];
}

interface Named {
  kind: NameKind;
  id: string | null;
  name: string | null;
  email: string | null;
}

function namedIn({ conversation }: Evidence): Named[] {
  const { inbox, topics, assignedAgentId, assignedAgentName } = conversation;
  return [
    { kind: 'agent', id: assignedAgentId, name: assignedAgentName, email: null },
    ...(inbox === null ? [] : [{ kind: 'inbox' as const, ...inbox, email: null }]),
    ...topics.map((topic) => ({ kind: 'topic' as const, ...topic, email: null })),
  ];
}
