import { policyKeys, profileKeys } from '../../config/setting-keys.ts';
import { dryRunOption } from '../program/common-options.ts';
import type { CommandDeclaration } from '../program/declaration.ts';

export const setCommand: CommandDeclaration = {
  name: 'set',
  summary: 'set policy and other values of a profile',
  details:
    'Sets values of a profile. An empty value restores the default (a list becomes empty); a value of - is read ' +
    'from stdin.\n\n' +
    `Policy: ${policyKeys.join(', ')}. Others: ${profileKeys.join(', ')}.\n\n` +
    'Durations: 30d, 36h, 90m, 45s, 0. Lists: separated by commas.',
  arguments: [{ name: '<setting...>', description: 'KEY=VALUE' }],
  options: [dryRunOption],
  examples: [
    'gcsat configure set optOutTopics=do_not_survey,vip maxAge=14d',
    'gcsat configure set quietHours=off sample=50',
    'pass show smtp-url | gcsat configure set smtpUrl=-',
  ],
  async run(context, { arguments: [texts], options }) {
    const { setValues } = await import('./set-values.ts');
    await setValues(context, texts as string[], options['dryRun'] === true);
  },
};
