import type { IncomingHttpHeaders } from 'node:http';
import { percentDecoded } from '../domain/values/percent-encoding.ts';
import { isObject } from '../domain/values/json.ts';
import { problem, Refusal } from './errors.ts';
import type { Reply } from './reply.ts';

/** A request with its whole body. */
export interface Request {
  method: string;
  /** As sent, without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export type Parameters = Readonly<Record<string, string>>;

export interface Route<Context> {
  method: string;
  /** Segments that begin with a colon are parameters. */
  pattern: string;
  handle(context: Context, request: Request, parameters: Parameters): Reply | Promise<Reply>;
}

function segmentsOf(path: string): string[] | undefined {
  const segments = path.split('/').map(percentDecoded);
  return segments.every((segment) => segment !== null) ? segments : undefined;
}

/** The route of a request and its parameters; undefined when the API has no such path or method. */
export function matchRoute<Context>(
  routes: readonly Route<Context>[],
  method: string,
  path: string,
): { route: Route<Context>; parameters: Parameters } | undefined {
  const segments = segmentsOf(path);
  if (segments === undefined) return undefined;
  for (const route of routes) {
    if (route.method !== method) continue;
    const wanted = route.pattern.split('/');
    if (wanted.length !== segments.length) continue;
    const parameters: Record<string, string> = {};
    const fits = wanted.every((name, index) => {
      const segment = segments[index] ?? '';
      if (!name.startsWith(':')) return name === segment;
      parameters[name.slice(1)] = segment;
      return segment !== '';
    });
    if (fits) return { route, parameters };
  }
  return undefined;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The body as a JSON object. Refuses anything else with 400. The API ignores the content type. The controls insist on
 * JSON's, because a web page can make a browser send other types to this machine without asking.
 */
export function jsonBody(request: Request): JsonObject {
  const isJson = /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
  if (!isJson && request.path.startsWith('/_sandbox/'))
    throw new Refusal(400, [problem('invalid', 'content type must be application/json')]);
  let value: unknown;
  try {
    value = JSON.parse(request.body.toString('utf8'));
  } catch {
    throw new Refusal(400, [problem('invalid', 'request body is not valid JSON')]);
  }
  if (!isObject(value)) throw new Refusal(400, [problem('invalid', 'request body must be an object')]);
  return value;
}
