import type { CommandDeclaration } from '../program/declaration.ts';
import { acceptCommand } from './accept.ts';
import { backupCommand } from './backup.ts';
import { checkCommand } from './check.ts';
import { copyCommand } from './copy.ts';
import { upgradeCommand } from './upgrade.ts';

export const ledgerCommand: CommandDeclaration = {
  name: 'ledger',
  group: 'Tools',
  summary: 'maintain the ledger: check it, back it up, move it, accept a restored one',
  commands: [checkCommand, backupCommand, copyCommand, upgradeCommand, acceptCommand],
};
