import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { employeeOf } from '../../../src/delivery/medallia.ts';
import { readEmployees, type EmployeeNames } from '../../../src/delivery/medallia-employees.ts';
import { agentFinder } from '../../../src/workflow/imports/agents.ts';

const ann = { id: 'a1', name: 'Ann', email: 'ann@bücher.example' };
const agents = new Map([[ann.id, ann]]);
const row = (email: string) => ({ employee: { email, customId: null }, employeeName: 'Ann' });
const spellings = ['ANN@xn--bcher-kva.example', 'ann@bu\u0308cher.example.', ' ann＠bücher.example '];

function employeesFile(...rows: string[]): Promise<EmployeeNames> {
  const folder = mkdtempSync(join(tmpdir(), 'gcsat-employees-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'employees.csv');
  writeFileSync(file, ['email,medallia_email,custom_id', ...rows].join('\n'));
  return readEmployees(file);
}

test.each(spellings)('a rating for %j is that of the agent with this mailbox', (email) => {
  const finder = agentFinder(agents, new Map());
  expect(finder.agentOf(row(email))).toEqual(ann);
  expect(finder.unknown.size).toBe(0);
});

test.each(spellings)('whom Gladly does not list is one person, also as %j', (email) => {
  const finder = agentFinder(new Map(), new Map());
  expect(finder.agentOf(row(email))?.id).toBe('ann@xn--bcher-kva.example');
});

test.each(spellings)('the file of employees names the agent as %j', async (email) => {
  const employees = await employeesFile(`${email},a.lee@acme.com,`);
  expect(employeeOf(ann.email, employees)).toEqual({ email: 'a.lee@acme.com' });
  expect(employeeOf(spellings[0]!, employees)).toEqual({ email: 'a.lee@acme.com' });
  expect(agentFinder(agents, employees).agentOf(row('A.Lee@acme.com'))).toEqual(ann);
});

test('an id of Agent Connect is no address', async () => {
  const employees = await employeesFile('ann@XN--bcher-kva.example,,A1@bücher.example');
  expect(employeeOf(ann.email, employees)).toEqual({ custom_id: 'A1@bücher.example' });
  const finder = agentFinder(agents, employees);
  expect(
    finder.agentOf({ employee: { email: null, customId: 'A1@bücher.example' }, employeeName: null }),
  ).toEqual(ann);
  expect(
    finder.agentOf({ employee: { email: null, customId: 'a1@bücher.example' }, employeeName: null })?.id,
  ).toBe('a1@bücher.example');
});
