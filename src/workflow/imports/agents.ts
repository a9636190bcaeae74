import { addressKey } from '../../domain/eligibility/addresses.ts';
import type { Closing } from '../../domain/closing/closing.ts';
import type { EmployeeNames } from '../../delivery/medallia-employees.ts';
import type { Agent } from '../../gladly/resources/organization.ts';
import type { ExportedRow } from '../../medallia/exports/exported-row.ts';

/** Finds who gets the rating of a row. */
export interface AgentFinder {
  agentOf(row: Pick<ExportedRow, 'employee' | 'employeeName'>): Closing['agent'];
  /** How Agent Connect names those whom Gladly does not list. */
  readonly unknown: ReadonlySet<string>;
}

/**
 * Agents by the email address that Gladly has of them, or by the operator's file of employees. Whom Gladly does not list,
 * because they left perhaps, has the address as the id, so that the ratings stay apart.
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

/** No email address looks like it. */
function idKey(customId: string): string {
  return `id ${customId.trim()}`;
}
