import { exitCodes, Failure } from '../failure.ts';
import type { ArgumentDeclaration, CommandDeclaration, OptionDeclaration } from './declaration.ts';

const start = 'Start here';
const surveys = 'Surveys';
const tools = 'Tools';

const conversationIds: ArgumentDeclaration = {
  name: '[conversationId...]',
  description: 'ids of closed conversations; with --sandbox one is chosen for you',
};
const surveyId: ArgumentDeclaration = {
  name: '<id>',
  description: 'id of a survey, a closing or a conversation',
};
const address: ArgumentDeclaration = {
  name: '<address>',
  description: 'an e-mail address, or a phone number with its country code',
};
const dryRun: OptionDeclaration = {
  flags: '--dry-run',
  description: 'read and decide, print what would be written, write nothing',
};

const timezone: OptionDeclaration = {
  flags: '--timezone <name>',
  description: "zone of times without an offset (the organisation's)",
};

const configure: CommandDeclaration = {
  name: 'configure',
  group: start,
  summary: 'connect an organisation, and set its policy',
  details:
    'Asks for the domain, the API user, the API token and the delivery, checks them against Gladly and saves ' +
    'them as a profile. Every answer can also be given by flag, environment or stdin.',
  options: [
    { flags: '--from <address>', description: 'sender address or number of surveys (GCSAT_FROM)' },
    { flags: '--public-url <url>', description: 'where customers reach the survey page (GCSAT_PUBLIC_URL)' },
  ],
  examples: [
    'gcsat configure',
    'pass show gladly | gcsat configure --domain acme --email api@acme.com --token-stdin',
    'gcsat configure set suppressionDays=14 quietHours=21:00-08:00',
  ],
  run: async (context, { options }) => {
    const { runConfigure } = await import('./configure.ts');
    return runConfigure(context, options);
  },
  commands: [
    {
      name: 'set',
      summary: 'set policy and other values of a profile',
      details:
        'Sets values of a profile. An empty value goes back to the default (a list becomes empty); a value of - ' +
        'is read from stdin.\n\n' +
        'Policy: optOutTopics, suppressionDays, maxAge, delay, quietHours, sample, excludedAgents, ' +
        'excludedInboxes, excludedChannels, excludedCustomers, lowRating, confirmSends, surveyExpires, answerFinalAfter, ' +
        'language, companyName, brandColor, conversationLink. Others: delivery, from, publicUrl, smtpUrl, ' +
        'template, logo, trustProxy, ratePercent, timeout.\n\n' +
        'Durations: 30d, 36h, 90m, 45s, 0. Lists: separated by commas.',
      arguments: [{ name: '<setting...>', description: 'KEY=VALUE' }],
      options: [dryRun],
      examples: [
        'gcsat configure set optOutTopics=do_not_survey,vip maxAge=14d',
        'gcsat configure set quietHours=off sample=50',
        'pass show smtp-url | gcsat configure set smtpUrl=-',
      ],
      run: async (context, { arguments: [settings], options }) => {
        const { runConfigureSet } = await import('./configure-set.ts');
        return runConfigureSet(context, settings as string[], options['dryRun'] === true);
      },
    },
    {
      name: 'show',
      summary: 'show every setting, and where it comes from',
      examples: ['gcsat configure show', 'gcsat configure show --json'],
      run: async (context) => (await import('./configure-show.ts')).runConfigureShow(context),
    },
    {
      name: 'test',
      summary: 'check that everything configured works',
      details:
        'Asks Gladly, reads the template, opens the ledger and tries the delivery (smtp: connects and logs in). ' +
        'Sends a message only with --send-to. The first check that fails decides the exit code.',
      options: [
        {
          flags: '--send-to <address>',
          description: 'send one sample survey, marked as a test, to this address or number',
        },
      ],
      examples: ['gcsat configure test --profile acme', 'gcsat configure test --send-to me@acme.com'],
      run: async (context, { options }) =>
        (await import('./configure-test.ts')).runConfigureTest(
          context,
          (options['sendTo'] as string | undefined) ?? null,
        ),
    },
    {
      name: 'list',
      summary: 'list the profiles',
      examples: ['gcsat configure list'],
      run: async (context) => (await import('./configure-profiles.ts')).runConfigureList(context),
    },
    {
      name: 'remove',
      summary: 'remove a profile with its credentials; the ledger stays',
      arguments: [{ name: '<name>', description: 'of the profile' }],
      options: [{ flags: '--yes', description: 'do not ask' }, dryRun],
      examples: ['gcsat configure remove acme --yes'],
      run: async (context, { arguments: [name], options }) =>
        (await import('./configure-profiles.ts')).runConfigureRemove(context, name as string, options),
    },
  ],
};

const attribute: CommandDeclaration = {
  name: 'attribute',
  group: start,
  summary: 'who gets the rating of a conversation, and why; writes nothing',
  details:
    'Reads a conversation and tells which agent last sent a response, which items did not count and why, and ' +
    'whether a survey would be sent.',
  arguments: [conversationIds],
  examples: [
    'gcsat attribute 5LNrIaOiRJ6u3vQ8jHyTkQ',
    'gcsat attribute --sandbox --json | jq .attribution.agent',
  ],
  run: async (context, { arguments: [ids] }) =>
    (await import('./attribute.ts')).runAttribute(context, ids as string[]),
};

const replay: CommandDeclaration = {
  name: 'replay',
  group: start,
  summary: 'the whole survey workflow for closed conversations',
  details:
    'Reads a closed conversation, attributes and decides, delivers the survey and records it. Repeating it sends ' +
    'nothing twice.',
  arguments: [conversationIds],
  options: [
    dryRun,
    {
      flags: '--media <folder>',
      description: 'fetch the recordings of calls and voicemails into this folder',
    },
  ],
  examples: ['gcsat replay --sandbox', 'gcsat replay 5LNrIaOiRJ6u3vQ8jHyTkQ --dry-run'],
  run: async (context, { arguments: [ids], options }) => {
    const { runReplay } = await import('./replay.ts');
    return runReplay(context, ids as string[], options);
  },
};

const post: CommandDeclaration = {
  name: 'post',
  group: surveys,
  summary: "post an answer to the customer's timeline",
  details:
    "Formats a survey answer and posts it to the customer's timeline. Repeating it changes nothing. Without " +
    '--rating, the recorded answer of a survey is posted. The answer to a conversation is about its present closing: ' +
    'for an earlier one, give --survey.',
  arguments: [{ name: '[conversationId]', description: 'the conversation that was rated' }],
  options: [
    { flags: '--rating <number>', description: '1 to 5' },
    { flags: '--comment <text>', description: "the customer's words" },
    {
      flags: '--resolved <answer>',
      description: 'whether the issue was resolved',
      choices: ['yes', 'no'],
    },
    { flags: '--survey <id>', description: 'the survey whose answer is posted, instead of a conversation' },
    dryRun,
  ],
  examples: [
    'gcsat post 5LNrIaOiRJ6u3vQ8jHyTkQ --rating 5 --resolved yes --comment "Quick and kind"',
    'gcsat post --survey svy_4f1c --dry-run',
  ],
  run: async (context, { arguments: [conversationId], options }) => {
    const { runPost } = await import('./post.ts');
    return runPost(context, conversationId as string | undefined, options);
  },
};

const ledger: CommandDeclaration = {
  name: 'surveys',
  group: surveys,
  summary: 'what was sent, suppressed and answered',
  commands: [
    {
      name: 'list',
      isDefault: true,
      summary: 'list closings and their surveys, newest first',
      options: [
        {
          flags: '--state <states>',
          description:
            'only these, separated by commas: pending, scheduled, sent, uncertain, suppressed, failed, answered',
        },
        { flags: '--since <time>', description: 'closed since then, e.g. 2026-11-01 or 7d' },
        timezone,
        { flags: '--limit <number>', description: 'at most so many' },
      ],
      examples: ['gcsat surveys list --state uncertain', 'gcsat surveys list --since 2026-11-01 --jsonl'],
      run: async (context, { options }) => {
        const { runSurveysList } = await import('./surveys.ts');
        return runSurveysList(context, options);
      },
    },
    {
      name: 'show',
      summary: 'everything that is known of one',
      arguments: [surveyId],
      examples: ['gcsat surveys show 5LNrIaOiRJ6u3vQ8jHyTkQ'],
      run: async (context, { arguments: [id] }) =>
        (await import('./surveys.ts')).runSurveysShow(context, id as string),
    },
    {
      name: 'retry',
      summary: 'decide again about one that failed, was suppressed or is uncertain',
      details:
        'Has a closing decided and sent again. Nobody knows of an uncertain one whether it left: look for it in ' +
        'Gladly first, and settle it with --was-sent if it is there.',
      arguments: [surveyId],
      options: [
        { flags: '--was-sent', description: 'an uncertain one did arrive: record it as sent' },
        dryRun,
      ],
      examples: [
        'gcsat surveys retry 5LNrIaOiRJ6u3vQ8jHyTkQ --dry-run',
        'gcsat surveys retry 5LNrIaOiRJ6u3vQ8jHyTkQ --was-sent',
      ],
      run: async (context, { arguments: [id], options }) => {
        const { runSurveysRetry } = await import('./surveys.ts');
        return runSurveysRetry(context, id as string, options);
      },
    },
    {
      name: 'cancel',
      summary: 'do not send one that has not left yet',
      arguments: [surveyId],
      options: [dryRun],
      examples: ['gcsat surveys cancel 5LNrIaOiRJ6u3vQ8jHyTkQ'],
      run: async (context, { arguments: [id], options }) => {
        const { runSurveysCancel } = await import('./surveys.ts');
        return runSurveysCancel(context, id as string, options['dryRun'] === true);
      },
    },
    {
      name: 'unsubscribed',
      summary: 'list the addresses that are not asked again, newest first',
      examples: ['gcsat surveys unsubscribed', 'gcsat surveys unsubscribed --jsonl'],
      run: async (context) => (await import('./unsubscribed-addresses.ts')).runUnsubscribed(context),
    },
    {
      name: 'unsubscribe',
      summary: 'do not ask an address again, nor send what is scheduled for it',
      arguments: [address],
      options: [dryRun],
      examples: ['gcsat surveys unsubscribe kim@example.com'],
      run: async (context, { arguments: [given], options }) => {
        const { runUnsubscribe } = await import('./unsubscribed-addresses.ts');
        return runUnsubscribe(context, given as string, options['dryRun'] === true);
      },
    },
    {
      name: 'resubscribe',
      summary: 'let an address be asked again',
      arguments: [address],
      options: [dryRun],
      examples: ['gcsat surveys resubscribe kim@example.com'],
      run: async (context, { arguments: [given], options }) => {
        const { runResubscribe } = await import('./unsubscribed-addresses.ts');
        return runResubscribe(context, given as string, options['dryRun'] === true);
      },
    },
  ],
};

const runLimits: readonly OptionDeclaration[] = [
  { flags: '--max-sends <number>', description: 'send at most so many surveys' },
  { flags: '--limit <number>', description: 'work on at most so many closings' },
  { flags: '--max-duration <duration>', description: 'stop cleanly after e.g. 25m, and say what is left' },
];

const backfill: CommandDeclaration = {
  name: 'backfill',
  group: surveys,
  summary: 'replay for every conversation that closed in a range',
  details:
    'Finds the closings of the range and works on them until all are done. It can be stopped and run again, also ' +
    'twice at the same time: every closing is surveyed at most once. Failed ones are kept and tried again later.',
  options: [
    {
      flags: '--since <time>',
      description: '2026-11-01, 2026-11-01T09:30, a time with offset, 7d, 36h, 90m, yesterday, today',
    },
    { flags: '--until <time>', description: 'the end, exclusive; a date means its end (now)' },
    timezone,
    {
      flags: '--source <name>',
      description: 'where closings are found (auto)',
      choices: ['auto', 'events', 'report', 'conversations'],
    },
    {
      flags: '--conversations <file>',
      description: 'instead of a range: conversation ids, one a line; - reads stdin',
    },
    ...runLimits,
    { flags: '--yes', description: 'do not ask, however many would be sent' },
    dryRun,
  ],
  examples: [
    'gcsat backfill --since 7d --dry-run',
    'gcsat backfill --since 2026-11-01 --until 2026-11-15 --max-sends 500',
    'gcsat backfill --conversations ids.txt --json',
  ],
  run: async (context, { options }) => (await import('./backfill.ts')).runBackfill(context, options),
};

const sync: CommandDeclaration = {
  name: 'sync',
  group: surveys,
  summary: 'one cron tick: new closings, due surveys, answers without a card',
  details:
    'Works on what closed since the last tick, and on what is due. The first tick only marks the beginning: the ' +
    'past is surveyed by backfill or replay alone.',
  options: [...runLimits, dryRun],
  examples: ['gcsat sync', 'gcsat sync --json --max-duration 4m >> sync.log'],
  run: async (context, { options }) => (await import('./sync.ts')).runSync(context, options),
};

const serve: CommandDeclaration = {
  name: 'serve',
  group: surveys,
  summary: 'receive webhooks, send surveys, serve their pages, post the answers',
  details:
    'Works until it is stopped: what Gladly tells by webhook is surveyed at once, closings whose webhook never came ' +
    'are looked for now and then, and answers of the survey page go to the timeline. The first start marks the ' +
    'beginning, as the first sync does. With --sandbox the whole loop can be tried on this machine.',
  options: [
    { flags: '--host <address>', description: 'where to listen (127.0.0.1)' },
    { flags: '--port <number>', description: 'where to listen; 0 takes any free port (8080)' },
    {
      flags: '--trust-proxy <ranges>',
      description: 'proxies whose X-Forwarded-For is believed (GCSAT_TRUST_PROXY)',
    },
    {
      flags: '--metrics-from <ranges>',
      description: 'other addresses that may read /metrics (this machine alone)',
    },
    {
      flags: '--catch-up <duration>',
      description: 'how often closings without a webhook are looked for, 1s to 1d (5m)',
    },
    { flags: '--no-catch-up', description: 'leave them to sync or backfill' },
  ],
  examples: [
    'gcsat serve --sandbox',
    'gcsat serve --port 8080 --trust-proxy 127.0.0.1',
    'gcsat serve --json --host 0.0.0.0 --catch-up 15m',
  ],
  run: async (context, { options }) => (await import('./serve.ts')).runServe(context, options),
};

const webhook: CommandDeclaration = {
  name: 'webhook',
  group: surveys,
  summary: 'have Gladly tell `gcsat serve` of every closing',
  commands: [
    {
      name: 'install',
      summary: 'register the webhook in Gladly, or renew its credentials',
      details:
        'Makes the webhook with credentials of its own, or updates the one at this address, and enables it; ' +
        'Gladly does that only while `gcsat serve` answers there. Repeating it renews the credentials: the ones ' +
        'before stay accepted until the next time. The password is kept in the profile, unless ' +
        'GCSAT_WEBHOOK_USER and GCSAT_WEBHOOK_PASSWORD (or GCSAT_WEBHOOK_HEADER) give one.',
      options: [
        {
          flags: '--url <url>',
          description: 'where Gladly reaches `gcsat serve` (publicUrl/webhooks/gladly)',
        },
        { flags: '--replace', description: 'take over a webhook at this address that was not made by gcsat' },
        dryRun,
      ],
      examples: ['gcsat webhook install --url https://csat.acme.com', 'gcsat webhook install --dry-run'],
      run: async (context, { options }) => (await import('./webhook.ts')).runWebhookInstall(context, options),
    },
    {
      name: 'status',
      summary: 'whether it is enabled; exit 0 if so, 3 if it is off, 5 if there is none',
      examples: ['gcsat webhook status', 'gcsat webhook status --json'],
      run: async (context) => (await import('./webhook.ts')).runWebhookStatus(context),
    },
    {
      name: 'remove',
      summary: 'delete the webhook from Gladly, and forget its credentials',
      options: [{ flags: '--yes', description: 'do not ask' }, dryRun],
      examples: ['gcsat webhook remove --yes'],
      run: async (context, { options }) => (await import('./webhook.ts')).runWebhookRemove(context, options),
    },
    {
      name: 'send',
      summary: 'post a sample event to a URL, as Gladly would',
      details:
        'Posts an event with the credentials of the profile or the environment, and prints how it was answered. ' +
        'To this machine, to where the webhook is, or to publicUrl; other hosts need --allow-host.',
      options: [
        { flags: '--url <url>', description: 'where to (http://127.0.0.1:8080/webhooks/gladly)' },
        {
          flags: '--event <kind>',
          description: 'which one (ping; closed, if a conversation is named)',
          choices: ['ping', 'closed', 'reopened', 'other'],
        },
        { flags: '--conversation <id>', description: 'the conversation that it names (made up)' },
        { flags: '--customer <id>', description: 'the customer that it names (made up)' },
        { flags: '--repeat <number>', description: 'post the same event so many times' },
        { flags: '--dry-run', description: 'print the request without its credentials, send nothing' },
      ],
      examples: [
        'gcsat webhook send',
        'gcsat webhook send --url https://csat.acme.com --conversation 5LNrIaOiRJ6u3vQ8jHyTkQ --repeat 3',
      ],
      run: async (context, { options }) =>
        (await import('./webhook-send.ts')).runWebhookSend(context, options),
    },
  ],
};

const sandbox: CommandDeclaration = {
  name: 'sandbox',
  group: tools,
  summary: 'a local Gladly with a lifelike organisation, and a mailbox',
  details:
    'Serves a local Gladly until it is stopped, and prints how to reach it. Nothing leaves this machine.',
  options: [
    { flags: '--port <number>', description: 'where to listen on 127.0.0.1 (any free one)' },
    { flags: '--seed <number>', description: 'decides what the organisation looks like' },
    { flags: '--size <number>', description: 'how many conversations it has' },
    { flags: '--latency <ms>', description: 'how long each answer takes' },
    { flags: '--jitter <ms>', description: 'how much that varies' },
    { flags: '--rate-limit-percent <percent>', description: 'requests answered 429 without need' },
    { flags: '--error-percent <percent>', description: 'requests answered 5xx' },
    { flags: '--reset-percent <percent>', description: 'connections reset' },
    { flags: '--cut-percent <percent>', description: 'bodies cut in the middle' },
    { flags: '--hang-percent <percent>', description: 'requests never answered' },
    {
      flags: '--window <kind>',
      description: 'how the rate limit counts',
      choices: ['leaky', 'fixed', 'sliding'],
    },
  ],
  examples: [
    'gcsat sandbox --port 4010',
    'gcsat sandbox --error-percent 10 --latency 200',
    'gcsat sandbox --json > sandbox.json',
  ],
  run: async (context, { options }) => {
    const { runSandbox } = await import('./sandbox.ts');
    await runSandbox(options, {
      tell: (document, human) => context.output.record(document, human),
      signal: context.signal,
    });
    const { reason } = context.signal as { reason: unknown };
    return reason instanceof Failure ? exitCodes[reason.kind] : 0;
  },
};

const completion: CommandDeclaration = {
  name: 'completion',
  group: tools,
  summary: 'print the completion script of a shell',
  arguments: [{ name: '<shell>', description: 'which shell', choices: ['bash', 'zsh', 'fish'] }],
  examples: [
    'source <(gcsat completion bash)',
    'gcsat completion zsh > "${fpath[1]}/_gcsat"',
    'gcsat completion fish > ~/.config/fish/completions/gcsat.fish',
  ],
  run: async (context, { arguments: [shell] }) => {
    const { runCompletion } = await import('./completion.ts');
    runCompletion(context, shell as Parameters<typeof runCompletion>[1], program);
  },
};

export const program: CommandDeclaration = {
  name: 'gcsat',
  summary: 'customer satisfaction surveys for Gladly: who is asked, who is credited, and why',
  commands: [configure, attribute, replay, backfill, sync, serve, webhook, ledger, post, sandbox, completion],
  examples: [
    'gcsat replay --sandbox              see the whole workflow without an account',
    'gcsat configure                     connect an organisation',
    'gcsat attribute <conversationId>    who would be credited, and why',
    'gcsat surveys --json                what was sent and answered',
  ],
};
