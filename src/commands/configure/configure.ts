import type { CommandDeclaration } from '../program/declaration.ts';
import { brandCommand } from './brand/brand.ts';
import { getCommand } from './get.ts';
import { listCommand } from './list.ts';
import { removeCommand } from './remove.ts';
import { setCommand } from './set.ts';
import { showCommand } from './show.ts';
import { testCommand } from './test.ts';
import { unsetCommand } from './unset.ts';

export const configureCommand: CommandDeclaration = {
  name: 'configure',
  group: 'Start here',
  summary: 'connect an organization, and set its policy',
  details:
    'Asks for the domain, the API user, the API token, and the delivery, checks them against Gladly, and saves them ' +
    'as a profile. You can also give every answer by flag, environment, or stdin.',
  options: [
    { flags: '--from <address>', description: 'sender address or number of surveys (GCSAT_FROM)' },
    { flags: '--public-url <url>', description: 'where customers reach the survey page (GCSAT_PUBLIC_URL)' },
  ],
  examples: [
    'gcsat configure',
    'pass show gladly | gcsat configure --domain acme --email api@acme.com --token-stdin',
    'gcsat configure set suppressionDays=14 quietHours=21:00-08:00',
  ],
  async run(context, { options }) {
    const { connect } = await import('./connect.ts');
    return connect(context, options);
  },
  commands: [
    setCommand,
    getCommand,
    unsetCommand,
    showCommand,
    testCommand,
    listCommand,
    removeCommand,
    brandCommand,
  ],
};
