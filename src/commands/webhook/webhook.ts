import type { CommandDeclaration } from '../program/declaration.ts';
import { installCommand } from './install.ts';
import { removeCommand } from './remove.ts';
import { sendCommand } from './send.ts';
import { statusCommand } from './status.ts';

export const webhookCommand: CommandDeclaration = {
  name: 'webhook',
  group: 'Surveys',
  summary: 'have Gladly report every closing to `gcsat serve`',
  commands: [installCommand, statusCommand, removeCommand, sendCommand],
};
