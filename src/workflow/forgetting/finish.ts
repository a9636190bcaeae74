import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { removeFromOutbox } from '../../delivery/outbox.ts';
import { timeNow, timeAt } from '../../domain/values/instant.ts';
import { Failure, stopsTheRun } from '../../failure.ts';
import { endErasure, noteErasureFailure, openErasures, type ErasureToDo } from '../../store/erase/to-dos.ts';
import { defectOf } from '../context/defect.ts';
import type { Services } from '../context/services.ts';

/** The result of erasing what remained. */
export interface Finished {
  /** Cards that are no longer in Gladly. */
  cards: number;
  /** What could not be erased, and why; it is tried again. */
  open: { kind: ErasureToDo['kind']; name: string; failure: Failure }[];
}

interface HowMuch {
  /** Includes what is scheduled for a later try. */
  all: boolean;
  /** The largest ledger to rewrite, in bytes: its other users wait meanwhile. */
  largestLedger: number;
}

const minute = 60_000;
const hour = 60 * minute;
const mostToDos = 500;

/** Erases what remains of forgotten customers: cards, files, and remnants in the ledger. Failures are tried again. */
export async function finishErasures(services: Services, { all, largestLedger }: HowMuch): Promise<Finished> {
  const { ledger, clock, signal } = services;
  const toDos = await openErasures(ledger, all ? null : timeNow(clock), mostToDos);
  const finished: Finished = { cards: 0, open: [] };
  let refused: Failure | null = null;
  // Rewrite the ledger last, once nothing else is left to erase in it.
  for (const toDo of toDos.toSorted((one, other) => Number(isLast(one)) - Number(isLast(other)))) {
    const { kind, name } = toDo;
    if (isLast(toDo) && (await ledger.bytes()) > largestLedger) continue;
    try {
      if (kind === 'card' && refused !== null) throw refused;
      await erase(services, toDo);
      await endErasure(ledger, toDo);
      if (kind === 'card') finished.cards += 1;
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = error instanceof Failure ? error : defectOf(error);
      if (kind === 'card' && stopsTheRun(failure)) refused = failure;
      finished.open.push({ kind, name, failure });
      const retryAt = timeAt(clock() + Math.min(minute * 2 ** Math.min(toDo.tries, 20), hour));
      await noteErasureFailure(ledger, toDo, { retryAt, code: failure.code });
    }
  }
  return finished;
}

function isLast({ kind }: ErasureToDo): boolean {
  return kind === 'remnants';
}

async function erase({ client, settings, ledger }: Services, { kind, name }: ErasureToDo): Promise<void> {
  switch (kind) {
    case 'card':
      // By its own id, because a merge may have moved it to another customer. A missing card counts as deleted.
      await client.deleteItem(name);
      return;
    case 'message':
      return removeFromOutbox(settings.outboxDir, name);
    case 'recording':
      return removeRecording(name);
    case 'remnants':
      if (await ledger.compact()) return;
      throw new Failure(
        'ledger',
        'ledger_log_in_use',
        `The log of the ledger ${ledger.location} is being read.`,
        {
          hint: 'Run this again when no report or backup is being made.',
          scope: 'item',
        },
      );
  }
}

/** Removes the recording and the parts left by a killed download. @throws Failure recording_not_removed */
async function removeRecording(path: string): Promise<void> {
  try {
    const [folder, name] = [dirname(path), basename(path)];
    await rm(path, { force: true });
    const files = await readdir(folder).catch(() => []);
    const parts = files.filter((file) => file.startsWith(`${name}.`) && file.endsWith('.part'));
    for (const file of parts) await rm(join(folder, file), { force: true });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Failure(
      'partial',
      'recording_not_removed',
      `the recording ${path} cannot be removed (${reason})`,
      {
        hint: 'Check the permissions of its folder, or remove it yourself.',
        cause: error,
      },
    );
  }
}
