import type { TestProject } from 'vitest/node';
import { openLedger } from '../../src/store/open.ts';
import { startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the server for all tests of a run. */
    postgresPort: number;
  }
}

/** A ledger that is new, which each test gets a copy of. */
export const template = 'new_ledger';

/** One server for all tests of a run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  await server.query('postgres', `CREATE DATABASE ${template}`);
  await (await openLedger(server.url(template))).close();
  project.provide('postgresPort', server.port);
  return () => server.remove();
}
