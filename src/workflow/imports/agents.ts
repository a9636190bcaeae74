import { addressKey } from '../../domain/eligibility/addresses.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import type { EmployeeNames } from '../../delivery/medallia-employees.ts';
import type { Agent } from '../../gladly/resources/organization.ts';
import type { ExportedRow } from '../../medallia/exports/exported-row.ts';

/** Finds who gets the rating of a row. */
export interface AgentFinder {
  agentOf(row: Pick<ExportedRow, 'employee' | 'employeeName'>): Closing['agent'];
  /** The ids or addresses that Agent Connect gives for agents whom Gladly does not list. */
  readonly unknown: ReadonlySet<string>;
}

/**
 * Finds agents by their email address in Gladly, or by the operator's file of employees. For an agent whom Gladly does
 * not list, perhaps because they left, the address serves as the id, so that ratings stay apart.
 */
export function agentFinder(agents: ReadonlyMap<string, Agent>, employees: EmployeeNames): AgentFinder {
  const byEmail = new Map<string, Agent>();
  for (const agent of agents.values()) if (agent.email !== null) byEmail.set(addressKey(agent.email), agent);
  const gladlyEmails = new Map<string, string>();
  for (const [email, name] of employees) {
    gladlyEmails.set('custom_id' in name ? idKey(name.custom_id) : addressKey(name.email), email);
  }
  const unknown = new Set<string>();
  return {
    unknown,
    agentOf({ employee: { email, customId }, employeeName }) {
      const keys = [
        ...(customId === null ? [] : [gladlyEmails.get(idKey(customId))]),
        ...(email === null ? [] : [gladlyEmails.get(addressKey(email)), addressKey(email)]),
      ];
      const found = keys.flatMap((key) => (key === undefined ? [] : (byEmail.get(addressKey(key)) ?? [])))[0];
      if (found !== undefined) return { id: found.id, name: found.name, email: found.email };
      const id = email === null ? customId : addressKey(email);
      if (id === null) return null;
      unknown.add(id);
      return { id, name: employeeName, email };
    },
  };
}

/** A key that no email address can equal. */
function idKey(customId: string): string {
  return `id ${customId.trim()}`;
}
