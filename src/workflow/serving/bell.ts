/** Wakes those who wait for work, one at a time: who finds some rings for the next. */
export interface Bell {
  /** Wakes one who waits. When nobody does, the next one to wait is not kept. */
  ring(): void;
  /** Until it rings for this one, or `ended` aborts. */
  wait(ended: AbortSignal): Promise<void>;
}

export function createBell(): Bell {
  const waiting: (() => void)[] = [];
  let rung = false;
  return {
    ring() {
      const wake = waiting.shift();
      if (wake === undefined) rung = true;
      else wake();
    },
    wait(ended) {
      if (rung || ended.aborted) {
        rung = false;
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
