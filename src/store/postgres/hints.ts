import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hints } from '../ledger/ledger.ts';
import type { Connections } from './pool.ts';

const channel = 'gcsat_work';
/** Many events come at once, and one hint is enough for all of them. */
const tellEveryMs = 200;
const usualAgainMs = 10_000;

/**
 * Hints by NOTIFY and LISTEN. A separate connection listens, and is made again when it is lost; hints that are told
 * meanwhile are not heard. Behind a pooler nothing is heard: a LISTEN would stay on a connection that is lent to
 * others.
 *
 * @param againMs how long after its loss the connection is made again
 */
export function openHints(
  connections: Pick<Connections, 'use' | 'ownClient'>,
  againMs: number = usualAgainMs,
): Hints & { close(): void } {
  /** Sent with every hint, so that a process does not hear its own. */
  const own = randomUUID();
  const over = new AbortController();
  let isTelling = false;
  let hasMore = false;
  // A function, because the compiler does not see that `hasMore` may change meanwhile.
  const isDueAgain = (): boolean => hasMore && !over.signal.aborted;

  async function tell(): Promise<void> {
    isTelling = true;
    do {
      hasMore = false;
      // A lost hint only costs other processes some seconds.
      await connections
        .use('in_line', (session) => session.query(`NOTIFY ${channel}, '${own}'`))
        .catch(() => undefined);
      await sleep(tellEveryMs, undefined, { ref: false, signal: over.signal }).catch(() => undefined);
    } while (isDueAgain());
    isTelling = false;
  }

  /** @returns false: there is a pooler in between */
  async function listen(heard: () => void): Promise<boolean> {
    const client = await connections.ownClient();
    const end = (): void => void client.end().catch(() => undefined);
    over.signal.addEventListener('abort', end);
    try {
      const ended = new Promise((resolve) => client.once('end', resolve));
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      // A pooler makes up a process id for each of its clients.
      const shownPid: unknown = Reflect.get(client, 'processID');
      if (rows[0]?.pid !== shownPid) return false;
      client.on('notification', ({ payload }) => {
        if (payload !== own) heard();
      });
      await client.query(`LISTEN ${channel}`);
      await ended;
      return true;
    } finally {
      over.signal.removeEventListener('abort', end);
      end();
    }
  }

  async function keepListening(heard: () => void): Promise<void> {
    while (!over.signal.aborted) {
      if (!(await listen(heard).catch(() => true))) return;
      await sleep(againMs, undefined, { ref: false, signal: over.signal }).catch(() => undefined);
    }
  }

  return {
    tell() {
      if (isTelling) hasMore = true;
      else void tell();
    },
    hear: (heard) => void keepListening(heard),
    close: () => over.abort(),
  };
}
