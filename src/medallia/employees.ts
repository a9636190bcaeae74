import { isObject, objectOf, textOf } from '../domain/values/json.ts';
import type { Exchange } from './exchange.ts';
import { unreadableBy } from './problems.ts';

export interface Employee {
  email: string | null;
  customId: string | null;
}

/** The most that Agent Connect gives at once. */
const pageSize = 500;
/** More pages would mean that the list goes around in circles. */
const mostPages = 200;

/**
 * Everyone with an approved, active profile: surveys are sent for them only (Agent Connect's help, Profile status).
 *
 * @throws Failure
 */
export async function activeEmployees(exchange: Exchange): Promise<Employee[]> {
  const operation = 'listEmployees';
  const found: Employee[] = [];
  let query = new URLSearchParams({ status: 'active', number_of_employees: String(pageSize) });
  const seen = new Set<string>();
  for (let page = 0; page < mostPages; page += 1) {
    seen.add(query.toString());
    const value = await exchange.json({
      operation,
      method: 'GET',
      path: '/v2/employees',
      query,
      needsToken: true,
    });
    const { employees, meta } = objectOf(value);
    if (!Array.isArray(employees))
      throw unreadableBy(exchange.host, operation, 'it names no employees').failure;
    for (const employee of employees.filter(isObject)) {
      found.push({ email: textOf(employee['email']), customId: textOf(employee['custom_employee_id']) });
    }
    const next = nextQuery(objectOf(meta)['next_page']);
    if (next === null || employees.length === 0 || seen.has(next.toString())) return found;
    query = next;
  }
  throw unreadableBy(exchange.host, operation, `its list has no end after ${mostPages} pages`).failure;
}

/** Uses only the query of the next page's address: the keys go to no host but the configured one. */
function nextQuery(address: unknown): URLSearchParams | null {
  const text = textOf(address) ?? '';
  const start = text.indexOf('?');
  return start < 0 ? null : new URLSearchParams(text.slice(start + 1));
}
