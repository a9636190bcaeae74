import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { openLedger } from '../../src/store/open.ts';
import { newData, startPostgres } from './postgres-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The port of the server that all tests of a run share. */
    postgresPort: number;
    /** The data that `newData` made, for a test that starts its own server. */
    postgresFolder: string;
  }
}

/** A new ledger; each test gets a copy of it. */
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
