import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line has that is logged during such a call, e.g. the id of the request that is served. */
export const logContext = new AsyncLocalStorage<Readonly<Record<string, string>>>();
