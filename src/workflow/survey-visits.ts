import { readToken } from '../domain/survey-token.ts';
import { recordVisits, type VisitKind } from '../ledger/visits.ts';
import type { Services } from './services.ts';

export interface SurveyVisits {
  /** Notes a visit of whoever holds the token; it is written soon after. */
  note(token: string, kind: VisitKind): void;
  /** Writes what was noted. What cannot be written is lost: visits are never worth a failure. */
  flush(): Promise<void>;
}

const flushMilliseconds = 1000;
const largestBuffer = 200;

/** Visits are gathered, so that a page costs no write to the disk. */
export function surveyVisits(
  { ledger, clock, debug }: Services,
  key: () => Promise<Uint8Array>,
): SurveyVisits {
  let noted: { token: string; kind: VisitKind; at: string }[] = [];
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const batch = noted;
    noted = [];
    if (batch.length === 0) return;
    const secret = await key();
    const visits = batch.flatMap(({ token, kind, at }) => {
      const surveyId = readToken(secret, 'survey', token);
      return surveyId === null ? [] : [{ surveyId, kind, at }];
    });
    if (visits.length > 0) await recordVisits(ledger, visits);
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
    note(token, kind) {
      noted.push({ token, kind, at: new Date(clock()).toISOString() });
      if (noted.length >= largestBuffer) void flush();
      else timer ??= setTimeout(() => void flush(), flushMilliseconds).unref();
    },
    flush,
  };
}
