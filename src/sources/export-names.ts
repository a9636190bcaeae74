import type * as z from 'zod';
import { Failure, stopsTheRun } from '../failure.ts';
import type { GladlyClient } from '../gladly/client.ts';
import { agentShape, topicShape, type Agent, type Topic } from '../gladly/resources/organization.ts';
import type { ExportFileName } from '../gladly/resources/exports.ts';
import type { UsableJob } from './export-jobs.ts';

/** Agents and topics by their ids, as export files name them, including those that Gladly no longer lists. */
export interface ExportNames {
  /** Null when no file names it, or none can be read. */
  agent(id: string): Promise<Agent | null>;
  topic(id: string): Promise<Topic | null>;
}

/**
 * The names in export files. Files are read only when a name is wanted, the newest first, and no further than the file
 * that has it.
 *
 * @param jobs those that may be read, in order of time
 */
export function exportNames(
  client: Pick<GladlyClient, 'exportFile'>,
  jobs: () => readonly UsableJob[],
): ExportNames {
  return {
    agent: named(client, jobs, 'agents.jsonl', agentShape),
    topic: named(client, jobs, 'topics.jsonl', topicShape),
  };
}

type Named<T> = Omit<T, 'id'> & { id: string };

function named<T extends { id: string | null }>(
  client: Pick<GladlyClient, 'exportFile'>,
  jobs: () => readonly UsableJob[],
  name: ExportFileName,
  shape: z.ZodType<T>,
): (id: string) => Promise<Named<T> | null> {
  const known = new Map<string, Named<T>>();
  const read = new Set<string>();
  let reading: Promise<unknown> = Promise.resolve();

  const look = async (id: string): Promise<Named<T> | null> => {
    for (const job of jobs().toReversed()) {
      if (known.has(id)) break;
      if (read.has(job.id) || !job.files.has(name)) continue;
      // The newest file that names an id counts.
      for (const { id: named, ...found } of await entriesOf(job)) {
        if (named !== null && !known.has(named)) known.set(named, { ...found, id: named });
      }
      read.add(job.id);
    }
    return known.get(id) ?? null;
  };

  /**
   * A file that is gone or damaged has no names. A temporary failure is thrown, so the file is read again for the next
   * name.
   */
  const entriesOf = async (job: UsableJob): Promise<T[]> => {
    const entries: T[] = [];
    try {
      for await (const line of client.exportFile({ jobId: job.id, name }, { lines: 0 })) {
        const { data } = shape.safeParse(line);
        if (data !== undefined) entries.push(data);
      }
    } catch (error) {
      if (!(error instanceof Failure) || error.kind === 'temporary' || stopsTheRun(error)) throw error;
    }
    return entries;
  };

  return (id) => {
    const found = reading.then(() => look(id));
    reading = found.catch(() => undefined);
    return found;
  };
}
