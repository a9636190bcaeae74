import { alertWaysCheck, outstandingAlertsCheck } from './alert-checks.ts';
import { brandsCheck } from './brand-checks.ts';
import type { Check } from './check.ts';
import type { CheckSources } from './check-sources.ts';
import * as gladly from './gladly-checks.ts';
import * as ledger from './ledger-checks.ts';
import { configFilesCheck, nodeCheck } from './machine-checks.ts';
import * as medallia from './medallia-checks.ts';
import * as message from './message-checks.ts';
import * as queue from './queue-checks.ts';
import { remindersPossibleCheck, remindersSettledCheck } from './reminder-checks.ts';
import { dkimCheck, dmarcCheck, spfCheck } from './sender-checks.ts';
import { surveyAddressCheck, surveySecretCheck } from './survey-checks.ts';
import * as webhook from './webhook-checks.ts';

/** In the order in which `doctor` prints them. */
export const allChecks: readonly Check<CheckSources>[] = [
  nodeCheck,
  configFilesCheck,
  ledger.ledgerOpenCheck,
  ledger.ledgerVersionCheck,
  ledger.ledgerIntegrityCheck,
  ledger.ledgerDiskCheck,
  gladly.gladlyReachCheck,
  gladly.gladlyTokenCheck,
  ledger.ledgerOrganizationCheck,
  gladly.gladlyClockCheck,
  gladly.gladlyRateCheck,
  gladly.gladlyReportsCheck,
  gladly.optOutTopicCheck,
  gladly.timeZoneCheck,
  gladly.policyCheck,
  brandsCheck,
  webhook.webhookRegisteredCheck,
  webhook.webhookEventsCheck,
  webhook.webhookCredentialsCheck,
  webhook.webhookOthersCheck,
  message.templateCheck,
  message.logoCheck,
  message.languageCheck,
  message.senderCheck,
  message.deliveryCheck,
  medallia.medalliaReachCheck,
  medallia.medalliaClockCheck,
  medallia.medalliaKeysCheck,
  medallia.medalliaAgentsCheck,
  medallia.medalliaCountsCheck,
  spfCheck,
  dkimCheck,
  dmarcCheck,
  surveyAddressCheck,
  surveySecretCheck,
  queue.pauseCheck,
  queue.dueCheck,
  queue.failedCheck,
  queue.uncertainCheck,
  queue.heldCheck,
  remindersPossibleCheck,
  remindersSettledCheck,
  queue.cardsCheck,
  queue.erasuresCheck,
  alertWaysCheck,
  outstandingAlertsCheck,
  queue.syncCheck,
];
