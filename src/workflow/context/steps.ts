import type { DocumentStep, RequestFigures } from '../../documents/survey.ts';

/** Records what was done for one conversation: the steps, their times, and the requests to Gladly. */
export interface Steps {
  readonly list: DocumentStep[];
  run<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  /** Requests since these steps began. */
  requests(): RequestFigures;
}

export function createSteps(
  { clock, client }: { clock: () => number; client: { readonly counts: RequestFigures } },
  onStep: (name: string) => void,
): Steps {
  const list: DocumentStep[] = [];
  const before = structuredClone(client.counts);
  return {
    list,
    async run(name, work) {
      onStep(name);
      const start = clock();
      const record = (status: DocumentStep['status']): void => {
        list.push({ name, status, milliseconds: Math.max(0, Math.round(clock() - start)) });
      };
      try {
        const result = await work();
        record('ok');
        return result;
      } catch (error) {
        record('failed');
        throw error;
      }
    },
    requests: () => difference(client.counts, before),
  };
}

function difference(after: RequestFigures, before: RequestFigures): RequestFigures {
  const byOperation = Object.entries(after.byOperation)
    .map(([operation, count]): [string, number] => [operation, count - (before.byOperation[operation] ?? 0)])
    .filter(([, count]) => count > 0);
  return {
    gladly: after.gladly - before.gladly,
    retried: after.retried - before.retried,
    rateLimited: after.rateLimited - before.rateLimited,
    byOperation: Object.fromEntries(byOperation),
  };
}
