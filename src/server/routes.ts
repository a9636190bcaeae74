import { webhookPath } from '../domain/values/webhook-path.ts';

/** What logs and metrics may say about a path: never the path itself, which can be a customer's key. */
export type Route = (typeof routes)[number];

const fixed = [webhookPath, '/healthz', '/readyz', '/metrics'] as const;

export const routes = [...fixed, '/s/:token', '/u/:token', '/assets/:file', 'other'] as const;

/** @param path without the query */
export function routeOf(path: string): Route {
  if (path === `${webhookPath}/`) return webhookPath;
  const same = fixed.find((route) => route === path);
  if (same !== undefined) return same;
  const [, part, last, ...more] = path.split('/');
  if (last === undefined || last === '' || more.length > 0) return 'other';
  if (part === 's') return '/s/:token';
  if (part === 'u') return '/u/:token';
  return part === 'assets' ? '/assets/:file' : 'other';
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Clients can invent methods, but a label must have few values. */
export function methodOf(method: string | undefined): string {
  return methods.find((known) => known === method) ?? 'other';
}

/** Longer than any URL that we give out. */
const longestTarget = 2048;

/**
 * The status that refuses a request target; null: it is acceptable. Programs disagree about dot segments and
 * backslashes: a reverse proxy that lets `/s/` through must not let `/s/../metrics` through with it.
 */
export function targetProblem(target: string): 400 | 404 | 414 | null {
  if (target.length > longestTarget) return 414;
  if (!target.startsWith('/')) return 400;
  const path = pathOf(target);
  if (/[\0-\x20\x7f\\]/.test(path)) return 400;
  return /\/(?:\.|%2e){1,2}(?:\/|$)/i.test(path) ? 404 : null;
}

export function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  return end === -1 ? target : target.slice(0, end);
}
