import type { CommandDeclaration } from './program/declaration.ts';

export const sandboxCommand: CommandDeclaration = {
  name: 'sandbox',
  group: 'Tools',
  summary: 'a local Gladly with a realistic organization and a mailbox',
  details:
    'Serves a local Gladly until it is stopped, and prints how to reach it. Nothing leaves this machine.',
  options: [
    {
      flags: '--history',
      description:
        'first fill a ledger with four weeks of surveys and answers, for trying out reports; takes a minute',
    },
    { flags: '--port <number>', description: 'where to listen on 127.0.0.1 (any free one)' },
    { flags: '--seed <number>', description: 'decides what the organization looks like' },
    {
      flags: '--size <number>',
      description: 'how many conversations it has in 31 days (3000; 600 with --history)',
    },
    { flags: '--latency <ms>', description: 'how long each response takes' },
    { flags: '--jitter <ms>', description: 'how much the latency varies' },
    { flags: '--rate-limit-percent <percent>', description: 'requests answered 429 for no reason' },
    { flags: '--error-percent <percent>', description: 'requests answered 5xx' },
    { flags: '--reset-percent <percent>', description: 'connections reset' },
    { flags: '--cut-percent <percent>', description: 'bodies cut off in the middle' },
    { flags: '--hang-percent <percent>', description: 'requests never answered' },
    {
      flags: '--window <kind>',
      description: 'how the rate limit counts',
      choices: ['leaky', 'fixed', 'sliding'],
    },
  ],
  examples: [
    'gcsat sandbox --port 4010',
    'gcsat sandbox --history',
    'gcsat sandbox --error-percent 10 --latency 200',
    'gcsat sandbox --json > sandbox.json',
  ],
  async run({ output, signal, env }, { options }) {
    const { runSandbox } = await import('./local-sandbox.ts');
    const { exitCodeOf } = await import('./program/signals.ts');
    const { columns } = output;
    await runSandbox(options, {
      print: (document, human) => output.record(document, human),
      progress: (text) => output.progress(text),
      env,
      columns,
      signal,
    });
    return exitCodeOf(signal);
  },
};
