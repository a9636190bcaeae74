import type { VisitKind } from '../../domain/survey/records.ts';
import { timeNow } from '../../domain/values/instant.ts';
import { recordVisits, type Visit } from '../../store/answers/visits.ts';
import type { Services } from '../context/services.ts';

export interface SurveyVisits {
  /** The visit is written soon after. */
  note(surveyId: string, kind: VisitKind): void;
  /** Writes noted visits. Visits that cannot be written are lost: they are never worth a failure. */
  flush(): Promise<void>;
}

const flushMilliseconds = 1000;
const largestBuffer = 200;

/** Visits are written in batches, so that showing a page costs no disk write. */
export function surveyVisits({ ledger, clock, debug }: Services): SurveyVisits {
  let noted: Visit[] = [];
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const batch = noted;
    noted = [];
    if (batch.length > 0) await recordVisits(ledger, batch);
  };

  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    writing = writing.then(write).catch((error: unknown) => {
      debug(`visits were not kept: ${error instanceof Error ? error.message : String(error)}`);
    });
    return writing;
  };

  return {
    note(surveyId, kind) {
      noted.push({ surveyId, kind, at: timeNow(clock) });
      if (noted.length >= largestBuffer) void flush();
      else timer ??= setTimeout(() => void flush(), flushMilliseconds).unref();
    },
    flush,
  };
}
