import type { Problem } from './errors.ts';

/** An answer, with at most one of json, body and lines. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  json?: unknown;
  body?: Buffer | string;
  /** Sent in several chunks. */
  lines?: Iterable<string>;
}

export function refuse(status: number, ...problems: Problem[]): Reply {
  return { status, json: { errors: problems } };
}

/** Most 404 answers of the contract have no body. */
export const notFound: Reply = { status: 404 };
