import { dryRunOption } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const installCommand: CommandDeclaration = {
  name: 'install',
  summary: 'register the webhook in Gladly, or renew its credentials',
  details:
    'Creates the webhook with its own credentials, or updates the existing one at this address, and enables it. Gladly ' +
    'enables it only while `gcsat serve` answers there. Running it again renews the credentials: the previous ones stay ' +
    'valid until the next time. The profile keeps the password, unless GCSAT_WEBHOOK_USER and ' +
    'GCSAT_WEBHOOK_PASSWORD (or GCSAT_WEBHOOK_HEADER) give one.',
  options: [
    {
      flags: '--url <url>',
      description: 'where Gladly reaches `gcsat serve` (publicUrl/webhooks/gladly)',
    },
    { flags: '--replace', description: 'take over a webhook at this address that gcsat did not create' },
    dryRunOption,
  ],
  examples: ['gcsat webhook install --url https://csat.acme.com', 'gcsat webhook install --dry-run'],
  async run(context, { options }) {
    const { install } = await import('./installation.ts');
    await install(context, options);
  },
};
