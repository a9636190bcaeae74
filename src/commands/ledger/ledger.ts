import type { CommandDeclaration } from '../program/declaration.ts';
import { acceptCommand } from './accept.ts';

export const ledgerCommand: CommandDeclaration = {
  name: 'ledger',
  group: 'Tools',
  summary: 'look after the file that remembers every survey',
  commands: [acceptCommand],
};
