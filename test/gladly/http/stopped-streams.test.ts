import { expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { clientOf, localGladly, type Respond } from '../local-gladly.ts';

const range = { startAt: '2026-11-21', endAt: '2026-11-22', timezone: 'UTC' };
const event = { type: 'CONVERSATION/CLOSED', timestamp: '2026-11-22T10:00:00Z', content: {} };

/** Sends a line every few milliseconds until the reader leaves. */
const endless =
  (type: string, line: (number: number) => string): Respond =>
  (_, response) => {
    response.writeHead(200, { 'content-type': type });
    let number = 0;
    const timer = setInterval(() => response.write(line((number += 1))), 2);
    response.once('close', () => clearInterval(timer));
  };

test.each(['report', 'events'] as const)('a stop ends %s that never end', async (kind) => {
  const gladly = await localGladly(
    kind === 'report'
      ? endless('text/csv', (number) => (number === 1 ? 'Conversation ID\n' : `c${number}\n`))
      : endless('application/x-jsonlines', (number) => `${JSON.stringify({ ...event, id: `e${number}` })}\n`),
  );
  const controller = new AbortController();
  const client = clientOf(gladly.origin, { signal: controller.signal });
  const rows =
    kind === 'report'
      ? client.report({ metricSet: 'ConversationExportReport', ...range }, ['Conversation ID'])
      : client.events({ startAt: event.timestamp, entities: ['CONVERSATION'] });
  const stopped = new Failure('terminated', 'terminated', 'stopped by SIGTERM', { hint: 'none' });
  let after = 0;
  const read = async (): Promise<void> => {
    for await (const row of rows) {
      expect(row).toBeDefined();
      if (controller.signal.aborted) after += 1;
      else controller.abort(stopped);
      // Lines that have arrived may still be given.
      if (after > 500) throw new Error('it goes on');
    }
  };
  await expect(read()).rejects.toBe(stopped);
});
