import type { Log } from '../ports/log.ts';
import type { Exchange } from './exchange.ts';
import { methodOf, pathOf, routeOf, type Route } from './routes.ts';

/** @param status null: the client left before the answer */
export type Observe = (route: Route, status: number | null, seconds: number) => void;

/** Logs and measures an exchange, and ends it if its answer is read too slowly. */
export function account(exchange: Exchange, answerMs: number, log: Log, observe: Observe): void {
  const { incoming, outgoing } = exchange;
  const { socket } = incoming;
  const began = performance.now();
  const writtenBefore = socket.bytesWritten;
  const route = routeOf(pathOf(incoming.url ?? ''));
  let isGivenUp = false;
  const late = setTimeout(() => {
    // Needed because `writableFinished` becomes true all the same.
    isGivenUp = true;
    socket.destroy();
  }, answerMs);
  outgoing.once('close', () => {
    clearTimeout(late);
    const milliseconds = performance.now() - began;
    const isComplete = !isGivenUp && (outgoing.writableFinished || exchange.isAnswered);
    const status = isComplete ? outgoing.statusCode : null;
    observe(route, status, milliseconds / 1000);
    const isProbe = route === '/healthz' || route === '/readyz' || route === '/metrics';
    if (isProbe && status !== null && status < 400) return;
    log.info(
      {
        requestId: exchange.id,
        method: methodOf(incoming.method),
        route,
        status,
        ms: Math.round(milliseconds * 10) / 10,
        bytesIn: exchange.bytesIn,
        bytesOut: socket.bytesWritten - writtenBefore,
      },
      'request',
    );
  });
}
