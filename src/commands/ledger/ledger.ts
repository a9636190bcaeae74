import type { CommandDeclaration } from '../program/declaration.ts';
import { acceptCommand } from './accept.ts';
import { backupCommand } from './backup.ts';
import { checkCommand } from './check.ts';

export const ledgerCommand: CommandDeclaration = {
  name: 'ledger',
  group: 'Tools',
  summary: 'look after the ledger: check it, back it up, go on with a restored one',
  commands: [checkCommand, backupCommand, acceptCommand],
};
