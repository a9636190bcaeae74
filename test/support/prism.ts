import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface Prism {
  origin: string;
  /** The violations in requests so far. If Prism itself cannot answer, it sends a 5xx, which is not counted here. */
  requestViolations(): string[];
  close(): Promise<void>;
}

export interface PrismOptions {
  /** Epoch milliseconds: moves the example so that its conversation closed then. Default: not moved, in 2016. */
  closedAt?: number;
}

const folder = join(import.meta.dirname, '../..');
const prismProgram = join(folder, 'node_modules/@stoplight/prism-cli/dist/index.js');
const startWithinMs = 30_000;

type Json = any; // eslint-disable-line @typescript-eslint/no-explicit-any -- a parsed document of any shape

/** Moves every time in a document, whatever its property, by this many milliseconds. */
function moved(node: Json, byMs: number): Json {
  if (Array.isArray(node)) return node.map((one) => moved(one, byMs));
  if (typeof node === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(node)) {
    return new Date(Date.parse(node) + byMs).toISOString();
  }
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, moved(value, byMs)]));
}

function exampleContract({ closedAt }: PrismOptions): Json {
  const contract: Json = parse(readFileSync(join(folder, 'contract/gladly.openapi.yaml'), 'utf8'));
  const timeline = contract.paths['/api/v1/conversations/{conversationId}/items'].get.responses['200'];
  // The official example has chat messages without messageType, which its own schema does not allow.
  delete timeline.content['application/json'].schema;

  const answer = contract.paths['/api/v1/conversations/{conversationId}'].get.responses['200'];
  const example = answer.content['application/json'].examples.Conversation;
  if (closedAt !== undefined) {
    const items = contract.components.examples.ConversationItems;
    // The example's items are three years later than its conversation.
    const lastMs = Math.max(...items.value.map((item: Json) => Date.parse(item.timestamp)));
    items.value = moved(items.value, closedAt - lastMs);
    example.value.createdAt = items.value[0].timestamp;
    example.value.closedAt = new Date(closedAt).toISOString();
    // Without an example, Prism sends some text, which would mean that the timeline was cut.
    contract.components.headers.GladlyLimitedData.example = 'false';
  }
  return contract;
}

/**
 * Prism, an independent reader of the contract, in the role of Gladly: it refuses a request that breaks the contract
 * and answers any other with the contract's example. It remembers nothing between requests.
 */
export async function startPrism(options: PrismOptions = {}): Promise<Prism> {
  const directory = mkdtempSync(join(tmpdir(), 'gcsat-prism-'));
  const file = join(directory, 'contract.json');
  writeFileSync(file, JSON.stringify(exampleContract(options)));
  const child = spawn(
    process.execPath,
    [prismProgram, 'mock', file, '--errors', '--host', '127.0.0.1', '--port', '0'],
    { env: { PATH: process.env['PATH'], HOME: directory, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(child, 'close');
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  let log = '';
  try {
    const origin = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`Prism does not listen after ${startWithinMs} ms\n${log}`)),
        startWithinMs,
      );
      const read = (text: string): void => {
        log += text;
        const listening = /Prism is listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(log);
        if (listening === null) return;
        clearTimeout(timer);
        resolve(listening[1]!);
      };
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', read);
      child.once('close', () => reject(new Error(`Prism ended\n${log}`)));
    });
    return {
      origin,
      requestViolations: () =>
        log
          .split('\n')
          .filter((line) => line.includes('Violation: request'))
          .map((line) => line.slice(line.indexOf('Violation: request'))),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
