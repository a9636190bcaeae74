import type { CommandDeclaration } from '../../program/declaration.ts';
import { listBrandsCommand } from './list.ts';
import { removeBrandCommand } from './remove.ts';
import { setBrandCommand } from './set.ts';
import { showBrandCommand } from './show.ts';

export const brandCommand: CommandDeclaration = {
  name: 'brand',
  summary: 'several companies in one profile, each with its own inboxes',
  details:
    'A closing gets the brand of its inbox: its name, colors, logo, sender, language, words, and address in messages ' +
    'and on pages. Where a brand sets nothing, and for closings without a brand, the settings of the profile apply.',
  examples: ['gcsat configure brand list', 'gcsat configure brand show nordwind'],
  commands: [listBrandsCommand, showBrandCommand, setBrandCommand, removeBrandCommand],
};
