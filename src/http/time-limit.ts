import { networkErrorOf, TransportError } from './transport-error.ts';

/**
 * How long an exchange may take. `whole`: connection, headers, and body together. Otherwise the body is a stream: its
 * first byte may take `firstMs`, each following piece `idleMs`, and all of it `allMs`, because a proxy may keep a dead
 * stream alive forever. The reader's own time does not count.
 */
export type TimeLimit = { whole: number } | StreamLimit;

export interface StreamLimit {
  firstMs: number;
  idleMs: number;
  allMs: number;
  mostBytes: number;
}

/** A few days of a large organization's events or reports take minutes, and a few hundred MiB. */
export function streamLimit(firstMs: number, idleMs: number): StreamLimit {
  return { firstMs, idleMs, allMs: firstMs + 600_000, mostBytes: 1024 ** 3 };
}

/** Keeps the time of one exchange. */
export interface Watch {
  readonly signal: AbortSignal;
  /** The reader waits for the next piece of the body. */
  waiting(): void;
  /** A piece has arrived. */
  arrived(): void;
  end(): void;
  /** The error behind an error of the HTTP library. */
  explain(error: unknown): unknown;
}

/** @param stop ends a stream when aborted; other exchanges finish within their own time */
export function startWatch(time: TimeLimit, stop: AbortSignal | undefined): Watch {
  const controller = new AbortController();
  const streams = !('whole' in time);
  let nextMs = 'whole' in time ? time.whole : time.firstMs;
  let leftMs = 'whole' in time ? time.whole : time.allMs;
  let startedMs = 0;
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    clearTimeout(timer);
    const limitMs = nextMs;
    startedMs = performance.now();
    const expired =
      leftMs < limitMs
        ? new TransportError('endless', 'it takes too long')
        : new TransportError('timeout', `no answer within ${limitMs / 1000} s`);
    timer = setTimeout(() => controller.abort(expired), Math.max(0, Math.min(limitMs, leftMs)));
  };
  const stopStream = (): void => controller.abort(stop?.reason);
  if (streams) stop?.addEventListener('abort', stopStream);
  start();
  return {
    signal: controller.signal,
    waiting() {
      if (streams) start();
    },
    arrived() {
      if (!streams) return;
      nextMs = time.idleMs;
      leftMs -= performance.now() - startedMs;
      clearTimeout(timer);
    },
    end() {
      clearTimeout(timer);
      stop?.removeEventListener('abort', stopStream);
    },
    explain(error) {
      // node-fetch reports every abort as an AbortError that does not carry the reason.
      return controller.signal.aborted ? (controller.signal.reason as unknown) : networkErrorOf(error);
    },
  };
}
