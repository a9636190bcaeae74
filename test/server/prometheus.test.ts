import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { documentAt } from '../support/documents.ts';
import { temporaryFolder } from '../support/run.ts';
import { installed } from '../support/tools.ts';
import { ask, deskInMemory, runningServer } from './running.ts';

/** Prometheus's own checker. @returns its exit code and what it says */
async function promtool(args: readonly string[], input: string): Promise<{ code: unknown; said: string }> {
  const child = spawn(installed('promtool'), args);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => (said += text.toString()));
  }
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, said };
}

test('Prometheus finds no fault in the metrics', async () => {
  const server = await runningServer({ desk: deskInMemory() });
  const { text } = await ask(server, '/metrics');
  // These names are prom-client's, which every Node.js dashboard knows.
  const own = text
    .split('\n')
    .filter((line) => !/^(?:# (?:HELP|TYPE) )?nodejs_/.test(line))
    .join('\n');
  expect(own).toContain('gcsat_build_info');
  expect(await promtool(['check', 'metrics'], own)).toEqual({ code: 0, said: '' });
});

test('Prometheus takes the rules of the documents', async () => {
  const rules = /```yaml\n(groups:\n.*?)```/s.exec(documentAt('docs/monitoring.md'))?.[1] ?? '';
  const file = join(temporaryFolder(), 'gcsat.yaml');
  writeFileSync(file, rules);
  const { code, said } = await promtool(['check', 'rules', file], '');
  expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining('12 rules found') });
});
