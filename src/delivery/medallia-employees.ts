import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { addressKey } from '../domain/eligibility/addresses.ts';
import { Failure } from '../failure.ts';

/** How Agent Connect knows an agent. */
export type EmployeeName = { email: string } | { custom_id: string };

/** Keyed by the agent's email address in Gladly, in the form of `addressKey`. */
export type EmployeeNames = ReadonlyMap<string, EmployeeName>;

/**
 * The operator's file of agents whom Agent Connect knows by another address or by an id: a CSV with the columns
 * `email`, and `medallia_email` or `custom_id`.
 *
 * @throws Failure `bad_employees` of kind configuration
 */
export async function readEmployees(file: string): Promise<EmployeeNames> {
  let rows: { record: Record<string, string>; info: { lines: number } }[];
  try {
    const text = await readFile(file, 'utf8');
    rows = parse(text, {
      columns: (names: string[]) => names.map(headingOf),
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw badEmployees(file, `cannot be read (${code})`, error);
  }
  const names = new Map<string, EmployeeName>();
  for (const { record, info } of rows) {
    const { email = '', medallia_email: address = '', custom_id: id = '' } = record;
    if (email === '' || (address === '' && id === ''))
      throw badEmployees(file, `is incomplete in line ${info.lines}`);
    // The id goes first: it is Agent Connect's own, and unambiguous.
    names.set(addressKey(email), id === '' ? { email: address } : { custom_id: id });
  }
  return names;
}

function headingOf(heading: string): string {
  return heading.trim().toLowerCase().replace(/[ -]+/g, '_');
}

function badEmployees(file: string, why: string, cause?: unknown): Failure {
  return new Failure('configuration', 'bad_employees', `the employee file ${file} ${why}`, {
    hint: 'Its columns are email, and medallia_email or custom_id. Set it with `gcsat configure set medalliaEmployees=…`.',
    ...(cause === undefined ? {} : { cause }),
  });
}
