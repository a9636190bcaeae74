import type { ArgumentDeclaration, OptionDeclaration } from './declaration.ts';

export const conversationIdsArgument: ArgumentDeclaration = {
  name: '[conversationId...]',
  description: 'ids of closed conversations; with --sandbox one is chosen for you',
};

export const surveyIdArgument: ArgumentDeclaration = {
  name: '<id>',
  description: 'id of a survey, a closing or a conversation',
  suggestions: 'surveys',
};

export const addressArgument: ArgumentDeclaration = {
  name: '<address>',
  description: 'an email address, or a phone number with its country code',
};

export const dryRunOption: OptionDeclaration = {
  flags: '--dry-run',
  description: 'read and decide, print what would be written, write nothing',
};

export const yesOption: OptionDeclaration = { flags: '--yes', description: 'do not ask' };

/** The beginning of a range with only an end. */
export const beginningOfTime = '1970-01-01T00:00:00Z';

export const timezoneOption: OptionDeclaration = {
  flags: '--timezone <name>',
  description: "zone of times without an offset (the organization's)",
};

export const runLimitOptions: readonly OptionDeclaration[] = [
  { flags: '--max-sends <number>', description: 'send at most this many surveys' },
  { flags: '--limit <number>', description: 'work on at most this many closings' },
  { flags: '--max-duration <duration>', description: 'stop cleanly after e.g. 25m, and report what is left' },
];
