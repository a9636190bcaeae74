import { createSemaphore } from '../domain/values/semaphore.ts';
import type { SmtpSession } from './smtp-session.ts';

/** Reuses sessions, because each costs several round trips and a handshake. */
interface SmtpPool {
  /**
   * A session that has just proved to be alive, or a new one; waits while the permitted number is in use. Give it back
   * afterward.
   *
   * @throws what opening a session throws; the signal's reason when that is aborted while waiting
   */
  take(): Promise<SmtpSession>;
  giveBack(session: SmtpSession): void;
  /** Ends idle sessions, and from now on every session that is given back. */
  close(): Promise<void>;
}

/** Servers end sessions that are idle for a few minutes (RFC 5321, 4.5.3.2.7), many of them sooner. */
const idleMilliseconds = 20_000;
/** Many servers accept no more messages than this in one session. */
const mostMessages = 50;

export function createSmtpPool(options: {
  open: () => Promise<SmtpSession>;
  most: number;
  signal: AbortSignal;
}): SmtpPool {
  const { open, most, signal } = options;
  const idle: { session: SmtpSession; timer: NodeJS.Timeout }[] = [];
  const messages = new WeakMap<SmtpSession, number>();
  const permits = createSemaphore(most);
  let closed = false;

  const idleSession = async (): Promise<SmtpSession | null> => {
    for (let entry = idle.pop(); entry !== undefined; entry = idle.pop()) {
      clearTimeout(entry.timer);
      if (!entry.session.ended && (await entry.session.isReady())) return entry.session;
      entry.session.destroy();
    }
    return null;
  };

  return {
    async take() {
      await permits.take('in_line', signal);
      try {
        signal.throwIfAborted();
        const session = (await idleSession()) ?? (await open());
        messages.set(session, (messages.get(session) ?? 0) + 1);
        return session;
      } catch (error) {
        permits.end();
        throw error;
      }
    },
    giveBack(session) {
      if (closed || session.ended || (messages.get(session) ?? 0) >= mostMessages) {
        void session.quit();
      } else {
        const timer = setTimeout(() => {
          idle.splice(idle.indexOf(entry), 1);
          void session.quit();
        }, idleMilliseconds);
        timer.unref();
        const entry = { session, timer };
        idle.push(entry);
      }
      permits.end();
    },
    async close() {
      closed = true;
      await Promise.all(
        idle.splice(0).map(async ({ session, timer }) => {
          clearTimeout(timer);
          await session.quit();
        }),
      );
    },
  };
}
