import type { CommandDeclaration } from '../program/declaration.ts';
import { cancelCommand } from './cancel.ts';
import { forgetCommand } from './forget.ts';
import { listCommand } from './list.ts';
import { noteCommand } from './note.ts';
import { resubscribeCommand } from './resubscribe.ts';
import { retryCommand } from './retry.ts';
import { showCommand } from './show.ts';
import { unmatchedCommand } from './unmatched.ts';
import { unsubscribeCommand } from './unsubscribe.ts';
import { unsubscribedCommand } from './unsubscribed.ts';

export const surveysCommand: CommandDeclaration = {
  name: 'surveys',
  group: 'Surveys',
  summary: 'what was sent, suppressed, and answered',
  commands: [
    listCommand,
    showCommand,
    retryCommand,
    cancelCommand,
    noteCommand,
    unmatchedCommand,
    unsubscribedCommand,
    unsubscribeCommand,
    resubscribeCommand,
    forgetCommand,
  ],
};
