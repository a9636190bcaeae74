import type { CommandDeclaration } from './program/declaration.ts';

export const serveCommand: CommandDeclaration = {
  name: 'serve',
  group: 'Surveys',
  summary: 'receive webhooks, send surveys, serve their pages, post the answers',
  details:
    'Runs until it is stopped: surveys a closing as soon as its webhook arrives, looks regularly for closings whose ' +
    'webhook never arrived, and posts the answers from the survey page to the timeline. The first start marks the ' +
    'beginning, as the first sync does. With --sandbox you can try all of it on this machine.',
  options: [
    { flags: '--host <address>', description: 'where to listen (GCSAT_HOST, 127.0.0.1)' },
    { flags: '--port <number>', description: 'where to listen; 0 means any free port (GCSAT_PORT, 8080)' },
    {
      flags: '--trust-proxy <ranges>',
      description: 'proxies whose X-Forwarded-For is trusted (GCSAT_TRUST_PROXY)',
    },
    {
      flags: '--metrics-from <ranges>',
      description: 'other addresses that may read /metrics (GCSAT_METRICS_FROM)',
    },
    {
      flags: '--catch-up <duration>',
      description: 'how often to look for closings without a webhook, 1s to 1d (5m)',
    },
    {
      flags: '--drain <duration>',
      description: 'on stop, fail /readyz and keep serving for this long, 0s to 3s (GCSAT_DRAIN, 0s)',
    },
    { flags: '--no-catch-up', description: 'leave those closings to sync or backfill' },
  ],
  examples: [
    'gcsat serve --sandbox',
    "GCSAT_SANDBOX_SET='reminderAfter=20s' gcsat serve --sandbox",
    'gcsat serve --port 8080 --trust-proxy 127.0.0.1',
    'gcsat serve --json --host 0.0.0.0 --catch-up 15m',
  ],
  async run(context, { options }) {
    const { serveUntilStopped } = await import('./serve-until-stopped.ts');
    return serveUntilStopped(context, options);
  },
};
