import type { BackfillDocument } from '../../documents/backfill.ts';
import { traitsOf } from '../../domain/delivery.ts';
import { chooseEmail } from '../../domain/eligibility/addresses.ts';
import type { GladlyClient } from '../../gladly/client.ts';
import type { Customer } from '../../gladly/resources/customers.ts';
import { exportArchive, restMs, type ExportArchive } from '../../sources/export-archive.ts';
import { exportNames, type ExportNames } from '../../sources/export-names.ts';
import type { Directory } from '../../gladly/directory.ts';
import type { Topic } from '../../gladly/resources/organization.ts';
import type { Services } from '../context/services.ts';
import type { FinishedWork } from '../queue/work-queue.ts';
import type { SourceChoice } from './find-closings.ts';

/** What a run takes from export files. */
export interface ExportRun {
  /** Begins a new archive, from which the services answer once it is filled. */
  begin(): ExportArchive;
  /** The run's services, which ask Gladly for what the files lack. */
  services: Services;
  /** Sentences for people. */
  explanation: readonly string[];
  finished(work: Pick<FinishedWork, 'closing' | 'row'>): void;
  /** Requests that a dry run was spared, but the real run has to make. */
  spared(): number;
  /** Null if no files were read. */
  figures(): BackfillDocument['exports'];
}

const restHours = restMs / 3_600_000;

const unknownOfFiles = [
  'If the files have a conversation from its beginning, this dry run decides by them alone. They lack topics, ' +
    'status, and customers as they are now, inboxes and assignees, undelivered mail, automated replies of rules, messages ' +
    'of Twitter, voice AI, and custom channels, and which address of a customer is the primary one.',
  `Conversations that may have begun before the oldest file are read from Gladly. If one was idle for more than ${restHours} ` +
    'hours at that point, the dry run does not know its older part. The real run reads conversation and timeline of every closing.',
];

const knownOfFiles = [
  'Customers with one email address are taken from the files; conversation and timeline are read from Gladly.',
];

/**
 * A dry run takes whole conversations from the files. A real run takes only customers with an unambiguous address, and
 * each only once: a second read is meant to show what Gladly says now.
 */
export function beginExportRun(
  services: Services,
  { target, dryRun }: { target: { source: SourceChoice } | object; dryRun: boolean },
): ExportRun {
  const source = 'source' in target ? target.source : 'auto';
  let archive = exportArchive({ keepsItems: false });
  if (source !== 'export') {
    const nothing = { explanation: [], finished: () => undefined, spared: () => 0, figures: () => null };
    return { begin: () => archive, services, ...nothing };
  }
  const { client, settings } = services;
  const needsEmail = traitsOf(settings.delivery).addressKind === 'email';
  // Exports do not include inboxes.
  const takesConversations = dryRun && settings.policy.excludedInboxes.length === 0;
  const customers = new Set<string>();
  const conversations = new Set<string>();
  let verdicts = 0;
  const names = exportNames(client, () => archive.jobs);

  const archivedCustomer = (id: string): Customer | null => {
    const found = needsEmail ? archive.customer(id) : null;
    if (found === null || dryRun) return found;
    return customers.has(id) || !isUnambiguous(found) ? null : found;
  };
  const fromFiles: GladlyClient = {
    ...client,
    getCustomer(id) {
      const customer = archivedCustomer(id);
      if (customer === null) return client.getCustomer(id);
      customers.add(id);
      return Promise.resolve({ customer, mergedFrom: [] });
    },
    getConversation(id) {
      const found = takesConversations ? archive.conversation(id) : null;
      if (found === null) return client.getConversation(id);
      conversations.add(id);
      return Promise.resolve(found.conversation);
    },
    getConversationItems(id) {
      const found = takesConversations ? archive.conversation(id) : null;
      if (found === null) return client.getConversationItems(id);
      return Promise.resolve({ items: found.items, limited: false });
    },
  };
  return {
    begin: () => (archive = exportArchive({ keepsItems: takesConversations })),
    services: { ...services, client: fromFiles, directory: namedByFiles(services.directory, names) },
    explanation: dryRun ? unknownOfFiles : knownOfFiles,
    finished: ({ closing, row }) => {
      if (closing !== null && row !== null && conversations.has(closing.conversationId)) verdicts += 1;
    },
    // Two each: conversation and timeline.
    spared: () => 2 * conversations.size,
    figures: () => ({
      jobs: archive.jobs.length,
      files: archive.files,
      items: archive.items,
      unreadable: archive.unreadable,
      since: archive.since,
      until: archive.until,
      customers: customers.size,
      verdicts,
    }),
  };
}

/** Names from the files for what Gladly no longer knows: an agent who left, a topic that was removed. */
function namedByFiles(directory: Directory, names: ExportNames): Directory {
  return {
    ...directory,
    agent: async (id) => (await directory.agent(id)) ?? names.agent(id),
    async topics(ids = []) {
      const known = await directory.topics(ids);
      const gone = new Map<string, Topic>();
      // Parents are added during the loop.
      const wanted = new Set(ids);
      for (const id of wanted) {
        const topic = known.get(id) ?? (await names.topic(id));
        if (topic === null) continue;
        if (!known.has(id)) gone.set(id, topic);
        if (topic.parentId !== null) wanted.add(topic.parentId);
      }
      return gone.size === 0 ? known : new Map([...known, ...gone]);
    },
  };
}

/** The files do not say which of several addresses is primary. */
function isUnambiguous({ emails }: Customer): boolean {
  return emails.length === 1 && 'address' in chooseEmail(emails);
}
