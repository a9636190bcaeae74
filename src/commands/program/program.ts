import { attributeCommand } from '../attribute.ts';
import { backfillCommand } from '../backfill.ts';
import { completionCommand } from '../completion.ts';
import { doctorCommand } from '../doctor/doctor.ts';
import { configureCommand } from '../configure/configure.ts';
import { exportCommand } from '../export.ts';
import { importCommand } from '../import.ts';
import { ledgerCommand } from '../ledger/ledger.ts';
import { pauseCommand } from '../pause.ts';
import { postCommand } from '../post.ts';
import { previewCommand } from '../preview.ts';
import { replayCommand } from '../replay.ts';
import { reportCommand } from '../report.ts';
import { resumeCommand } from '../resume.ts';
import { sandboxCommand } from '../sandbox.ts';
import { serveCommand } from '../serve.ts';
import { surveysCommand } from '../surveys/surveys.ts';
import { syncCommand } from '../sync.ts';
import { webhookCommand } from '../webhook/webhook.ts';
import type { CommandDeclaration } from './declaration.ts';

export const program: CommandDeclaration = {
  name: 'gcsat',
  summary: 'customer satisfaction surveys for Gladly: who is surveyed, who is credited, and why',
  commands: [
    configureCommand,
    attributeCommand,
    replayCommand,
    backfillCommand,
    syncCommand,
    serveCommand,
    webhookCommand,
    surveysCommand,
    reportCommand,
    exportCommand,
    importCommand,
    ledgerCommand,
    postCommand,
    pauseCommand,
    resumeCommand,
    doctorCommand,
    previewCommand,
    sandboxCommand,
    completionCommand(() => program),
  ],
  examples: [
    'gcsat replay --sandbox              see the whole workflow without an account',
    'gcsat configure                     connect an organization',
    'gcsat attribute <conversationId>    who would be credited, and why',
    'gcsat surveys --json                what was sent and answered',
  ],
};
