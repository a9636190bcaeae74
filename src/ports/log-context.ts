import { AsyncLocalStorage } from 'node:async_hooks';

/** Fields of every line that is logged within its `run`, e.g. the id of the request being served. */
export const logContext = new AsyncLocalStorage<Readonly<Record<string, string>>>();
