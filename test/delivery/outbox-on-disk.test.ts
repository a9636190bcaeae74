import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMailComposer } from '../../src/delivery/mail.ts';
import { createOutbox } from '../../src/delivery/outbox.ts';
import { builtInTemplate } from '../../src/delivery/template.ts';
import { watchFileCalls } from '../support/file-calls.ts';
import { temporaryFolder } from '../support/run.ts';
import { surveyMessage } from './survey-message.ts';

test('both files are whole and on the disk before they have their names, the record before the mail', async () => {
  const directory = join(temporaryFolder(), 'outbox');
  const composer = createMailComposer({ template: builtInTemplate() });
  const outbox = createOutbox({ directory, from: null, composer, clock: () => 0 });
  const calls = watchFileCalls();
  const { status } = await outbox.deliver(surveyMessage(), async () => void calls.push('leaving'));
  expect(status).toBe('sent');
  expect(calls).toEqual([
    'open survey_1-a.json.draft',
    'write survey_1-a.json.draft',
    'sync survey_1-a.json.draft',
    'open survey_1-a.eml.draft',
    'write survey_1-a.eml.draft',
    'sync survey_1-a.eml.draft',
    'leaving',
    'rename survey_1-a.json.draft to survey_1-a.json',
    'rename survey_1-a.eml.draft to survey_1-a.eml',
    'open outbox',
    'sync outbox',
  ]);
});
