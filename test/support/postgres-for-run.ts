import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { openLedger } from '../../src/store/open.ts';
import { newData, startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the server for all tests of a run. */
    postgresPort: number;
    /** Data for a server of a test's own, as `newData` makes it. */
    postgresFolder: string;
  }
}

/** A ledger that is new, which each test gets a copy of. */
export const template = 'new_ledger';

/** One server for all tests of a run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = newData();
  const server = await startPostgres({}, folder);
  await server.query('postgres', `CREATE DATABASE ${template}`);
  await (await openLedger(server.url(template))).close();
  project.provide('postgresPort', server.port);
  project.provide('postgresFolder', folder);
  return async () => {
    await server.remove();
    rmSync(folder, { recursive: true, force: true });
  };
}
