import type { Context } from 'hono';
import type { ReadWebhookCredentials, WebhookCredentials } from '../config/webhook-credentials.ts';
import type { Log } from '../ports/log.ts';
import { Failure } from '../failure.ts';
import { errorFields } from '../workflow/context/error-fields.ts';
import { bodyRoom, readBody } from './body.ts';
import { acceptedCodings, unpacked } from './content-coding.ts';
import { limitKey } from './client-address.ts';
import { isGladly, type HeaderLookup } from './credentials.ts';
import type { ServerBindings } from './exchange.ts';
import type { Metrics } from './metrics.ts';
import { createLimiter } from './request-limits.ts';

export interface WebhookParts {
  /** Resolves only once the event is on disk. A Failure of kind contract means that the event is unusable. */
  intake: { accept(body: unknown): Promise<'stored' | 'ping' | 'ignored'> };
  credentials: ReadWebhookCredentials;
  metrics: Metrics;
  log: Log;
  clock: () => number;
}

/** Wrong credentials are either a mistake, made a few times, or guessing. Correct credentials are never limited. */
const refusals = { burst: 30, perMinute: 10 };
/** Reading the credentials costs more than the rest of a webhook. They are read again before a request is refused. */
const credentialsLastMs = 1000;
/** For bodies that are arriving; a body is read only if its credentials are correct. */
const bytesOfWebhooks = 16 * 1024 * 1024;
/** For other clients: Gladly has its own schedule for retries. */
const retryAfterSeconds = 30;

/**
 * `POST /webhooks/gladly`. Returns 2xx only if the event is on disk, and 503 if it could not be stored, so that
 * Gladly sends it again. That would not help with an unusable event, and Gladly deactivates a webhook after five
 * failures: such an event is answered with 200, logged, and counted. A body that is not a JSON object never came from
 * Gladly and gets 400. A compressed body is legal HTTP, though Gladly sends none.
 */
export function webhookHandler({ intake, credentials, metrics, log, clock }: WebhookParts) {
  const refused = createLimiter(refusals, clock);
  const room = bodyRoom(bytesOfWebhooks);
  let known: { accepted: WebhookCredentials; untilMs: number } | null = null;

  const warnOfKept = (failure: Failure): void =>
    log.warn(errorFields(failure), 'the webhook credentials read earlier stay in force');

  const isFromGladly = async (header: HeaderLookup): Promise<boolean> => {
    if (known !== null && clock() < known.untilMs && isGladly(header, known.accepted)) return true;
    known = { accepted: await credentials(warnOfKept), untilMs: clock() + credentialsLastMs };
    return isGladly(header, known.accepted);
  };

  return async (c: Context<ServerBindings>): Promise<Response> => {
    const { exchange } = c.env;
    const header = (name: string): string | undefined => {
      const value = exchange.incoming.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    };
    let isKnown: boolean;
    try {
      isKnown = await isFromGladly(header);
    } catch (error) {
      log.error(errorFields(error), 'could not read the webhook credentials');
      return unavailable(c);
    }
    if (!isKnown) {
      const waitSeconds = refused.take(limitKey(exchange.address));
      if (waitSeconds !== null) {
        return problem(c, 429, 'too_many_requests', { 'Retry-After': String(waitSeconds) });
      }
      return problem(c, 401, 'unauthorized', { 'WWW-Authenticate': 'Basic realm="gcsat", charset="UTF-8"' });
    }

    const plain = await unpacked(await readBody(exchange, room), header('content-encoding'));
    if (plain === 'unknown coding') {
      return problem(c, 415, 'content_coding_unknown', { 'Accept-Encoding': acceptedCodings });
    }
    const body = plain === 'malformed' ? null : readJson(plain);
    if (body === null) return problem(c, 400, 'not_a_json_object');
    try {
      const status = await intake.accept(body);
      if (status === 'stored') metrics.accepted();
      if (status === 'ignored') metrics.ignored(String(body['type']));
      return c.json({ status }, 200);
    } catch (error) {
      if (error instanceof Failure && error.kind === 'contract') {
        metrics.unusable();
        log.warn(errorFields(error), 'a webhook event is unusable');
        return c.json({ status: 'unusable', code: error.code }, 200);
      }
      // A defect must not lose the event either: without a 2xx, Gladly sends it again.
      log.error(errorFields(error), 'could not store a webhook event');
      if (error instanceof Failure && error.kind === 'ledger') return unavailable(c);
      return problem(c, 500, 'internal_error');
    }
  };
}

function unavailable(c: Context): Response {
  return problem(c, 503, 'unavailable', { 'Retry-After': String(retryAfterSeconds) });
}

function problem(
  c: Context,
  status: 400 | 401 | 415 | 429 | 500 | 503,
  code: string,
  headers: Record<string, string> = {},
): Response {
  return c.json({ error: { code } }, status, headers);
}

/** A JSON object in UTF-8, whatever its content type, with or without a byte order mark; null: anything else. */
function readJson(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return value as Record<string, unknown>;
  } catch {
    return null;
  }
}
