import { webhookPath } from '../../domain/values/webhook-path.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

const localServer = `http://127.0.0.1:8080${webhookPath}`;

export const sendCommand: CommandDeclaration = {
  name: 'send',
  summary: 'post a sample event to a URL, as Gladly would',
  details:
    'Posts an event with the credentials of the profile or the environment, and prints the response. Exit 0 if it was ' +
    'accepted, 7 if it may be accepted later, 9 if it was refused. It goes to this machine, to the address of the ' +
    'webhook, or to publicUrl; other hosts need --allow-host.',
  options: [
    { flags: '--url <url>', description: `where to send it (${localServer})` },
    {
      flags: '--event <kind>',
      description: 'which event to send (ping; closed if a conversation is named)',
      choices: ['ping', 'closed', 'reopened', 'other'],
    },
    { flags: '--conversation <id>', description: 'the conversation it refers to (made up by default)' },
    { flags: '--customer <id>', description: 'the customer it refers to (made up by default)' },
    { flags: '--repeat <number>', description: 'post the same event this many times' },
    { flags: '--dry-run', description: 'print the request without its credentials, send nothing' },
  ],
  examples: [
    'gcsat webhook send',
    'gcsat webhook send --url https://csat.acme.com --conversation 5LNrIaOiRJ6u3vQ8jHyTkQ --repeat 3',
  ],
  async run(context, { options }) {
    const { sendSample } = await import('./sample.ts');
    return sendSample(context, { url: localServer, ...options });
  },
};
