/** Wakes the tasks that wait for work, one at a time; a task that finds work wakes the next. */
export interface WakeUp {
  /** Wakes one task. If none is waiting, the next one to wait returns at once. */
  notify(): void;
  /** Waits for a notification, or until `ended` aborts. */
  wait(ended: AbortSignal): Promise<void>;
}

export function createWakeUp(): WakeUp {
  const waiting: (() => void)[] = [];
  let notified = false;
  return {
    notify() {
      const wake = waiting.shift();
      if (wake === undefined) notified = true;
      else wake();
    },
    wait(ended) {
      if (notified || ended.aborted) {
        notified = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const wake = (): void => {
          ended.removeEventListener('abort', leave);
          resolve();
        };
        const leave = (): void => {
          waiting.splice(waiting.indexOf(wake), 1);
          resolve();
        };
        waiting.push(wake);
        ended.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
