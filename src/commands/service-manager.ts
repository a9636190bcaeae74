import { execFile } from 'node:child_process';
import { environmentText } from '../config/environment.ts';

/** The first descriptor that a service manager passes; 0 to 2 are the standard streams (sd_listen_fds(3)). */
const firstPassedDescriptor = 3;

/** What `serve` tells the service manager that started it, such as systemd; nothing if there is none. */
export interface ServiceManager {
  /** Says that requests are served, and from then on that this process is alive, if the manager watches that. */
  ready(): void;
  /** Says that the process is finishing what it has begun. */
  stopping(): void;
  /** Says nothing more. */
  end(): void;
}

/**
 * Tells the manager through the program `systemd-notify`, because Node.js cannot write to a datagram socket itself.
 * If that program is missing, the log says so once.
 *
 * @param env with NOTIFY_SOCKET, WATCHDOG_USEC (microseconds) and WATCHDOG_PID as in sd_notify(3) and
 *   sd_watchdog_enabled(3)
 */
export function serviceManager(env: NodeJS.ProcessEnv, warn: (problem: string) => void): ServiceManager {
  if (environmentText(env, 'NOTIFY_SOCKET') === null) return { ready() {}, stopping() {}, end() {} };
  let isWarned = false;
  const say = (state: string): void => {
    execFile('systemd-notify', [`--pid=${process.pid}`, state], { env, timeout: 5000 }, (error) => {
      if (error === null || isWarned) return;
      isWarned = true;
      warn(error.message);
    });
  };
  let alive: NodeJS.Timeout | undefined;
  return {
    ready() {
      say('READY=1');
      const watchedMs = watchdogMilliseconds(env);
      // Half the interval, as sd_watchdog_enabled(3) recommends.
      if (watchedMs !== null) alive = setInterval(() => say('WATCHDOG=1'), watchedMs / 2);
    },
    stopping: () => say('STOPPING=1'),
    end: () => clearInterval(alive),
  };
}

function watchdogMilliseconds(env: NodeJS.ProcessEnv): number | null {
  const microseconds = Number(environmentText(env, 'WATCHDOG_USEC'));
  if (!Number.isFinite(microseconds) || microseconds <= 0) return null;
  // A variable inherited from a parent process was meant for the parent.
  const watched = environmentText(env, 'WATCHDOG_PID');
  return watched === null || watched === String(process.pid) ? microseconds / 1000 : null;
}

/**
 * The descriptor of a socket that already listens, because the service manager opened it before this process began
 * (LISTEN_FDS and LISTEN_PID of sd_listen_fds(3)); null if there is none. If there are several, the first is used.
 */
export function passedSocket(env: NodeJS.ProcessEnv): number | null {
  const count = Number(environmentText(env, 'LISTEN_FDS'));
  const isMeant = environmentText(env, 'LISTEN_PID') === String(process.pid);
  return Number.isInteger(count) && count > 0 && isMeant ? firstPassedDescriptor : null;
}
