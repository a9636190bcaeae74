/**
 * Why an interaction was left out. `own_request`: gcsat requested it, so `sync` reads its answer. `surveyed_here`:
 * gcsat asked about the closing, or has an answer of its own to it. `decided_here`: gcsat decided about the closing,
 * and nobody was asked there. `same_closing`: an earlier row is about the same closing. `recovery`: a second survey,
 * after a follow-up. `forgotten`: its customer was forgotten. `expired`: older than `retention`. `no_time`: it was not
 * sent, and nothing says when it was requested.
 */
export const leftCodes = [
  'own_request',
  'surveyed_here',
  'decided_here',
  'same_closing',
  'recovery',
  'forgotten',
  'expired',
  'no_time',
] as const;

export type LeftCode = (typeof leftCodes)[number];

/** What `import` prints. Fields may be added, never renamed or removed. */
export interface ImportDocument {
  file: string;
  dryRun: boolean;
  format: 'csv' | 'json' | 'jsonl';
  /** Rows of the file, the unreadable ones included. */
  rows: number;
  taken: {
    /** Closings with an answer. */
    answers: number;
    /** Answers that were imported before and have changed. */
    changedAnswers: number;
    /** Asked, and not answered. */
    asked: number;
    /** Not asked, e.g. because of the suppression period there. */
    notAsked: number;
  };
  /** Rows that an earlier import took, or that say nothing new. */
  known: number;
  left: Partial<Record<LeftCode, number>>;
  unreadable: number;
  /** The first of the rows that were left out, in the order of the file. Lines are counted from 1. */
  leftRows: { line: number; code: LeftCode }[];
  /** The first of the rows that could not be read. */
  unreadableRows: { line: number; why: string }[];
  /** Email addresses, or ids, of agents whom Gladly does not list: their ratings are listed under these. */
  unknownAgents: string[];
  /** Addresses that get no surveys from now on, because they unsubscribed there. */
  unsubscribed: number;
  /** The first and the last time of the rows that were taken; null if there are none. */
  range: { since: string; until: string } | null;
  seconds: number;
}
