import type { AddressInfo } from 'node:net';
import { controlRoutes } from './control.ts';
import { noFaults, type Faults } from './faults.ts';
import type { MailboxMessage } from './mailbox.ts';
import { opinionOf, type Opinion } from './opinions.ts';
import { makeCompany, medalliaKeys } from './medallia/company.ts';
import {
  apiToken,
  apiUserEmail,
  brands,
  fromAddress,
  fromNumber,
  organizationName,
} from './world/organization.ts';
import { randomFrom } from './random.ts';
import { limitsOf, type LimitOptions } from './rate-limits.ts';
import { recent } from './recent.ts';
import { apiRoutes } from './routes/all.ts';
import { sandboxServer, type Sandbox } from './server.ts';
import { webhooksOf } from './webhooks/webhooks.ts';
import { makeWorld } from './world/world.ts';

export interface SandboxOptions {
  /** Default: 0, any free port. */
  port?: number;
  host?: string;
  /** Decides everything that looks random. */
  seed?: number;
  /** Epoch milliseconds. */
  clock?: () => number;
  /** The number of everyday conversations in the last 31 days. */
  size?: number;
  faults?: Partial<Faults>;
  limits?: LimitOptions;
}

export interface RunningSandbox {
  /** `http://host:port`, without a trailing slash. */
  origin: string;
  email: string;
  token: string;
  /** The company's address and number. The sandbox can also send from those of its brands. */
  fromAddress: string;
  fromNumber: string;
  /** The company's brands, each with its own inbox. */
  brands: readonly {
    name: string;
    /** The inbox's name. */
    inbox: string;
    companyName: string;
    color: string;
    language: string;
    fromAddress: string;
    fromNumber: string;
  }[];
  organizationName: string;
  /** Recently closed and eligible; owner, closer and last responder are three different agents. */
  exampleConversationId: string;
  /** The special conversations, by name. */
  traps: readonly { name: string; conversationId: string; what: string }[];
  /** Agent Connect answers at the same address. */
  medallia: { apiKey: string; testKey: string; apiSecret: string };
  mailbox(): MailboxMessage[];
  /** What the customer would do about a survey in the mailbox; null if it is about no closed conversation. */
  opinionOf(message: MailboxMessage): Opinion | null;
  /** Sets some faults; the others stay. @returns all faults as they were before */
  setFaults(faults: Partial<Faults>): Faults;
  close(): Promise<void>;
}

const requestsRemembered = 10_000;
const alertsRemembered = 1000;

/** Starts a local Gladly. Rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const seed = options.seed ?? 1;
  const world = makeWorld({ seed, size: options.size ?? 3000, now: options.clock ?? Date.now });
  const webhooks = webhooksOf({
    now: world.now,
    newId: world.newId,
    faults: () => sandbox.faults,
    luck: randomFrom(seed, 'webhooks'),
  });
  const sandbox: Sandbox = {
    world,
    limits: limitsOf(options.limits),
    faults: { ...noFaults, ...options.faults },
    luck: randomFrom(seed, 'faults'),
    log: recent(requestsRemembered),
    webhooks,
    alerts: recent(alertsRemembered),
    company: makeCompany(world.setting.directory, world.now),
  };
  const host = options.host ?? '127.0.0.1';
  let origin = '';
  const server = sandboxServer(
    sandbox,
    apiRoutes({ origin: () => origin, faults: () => sandbox.faults, webhooks }),
    controlRoutes,
  );
  // Longer than clients keep idle connections, so that only faults reset a connection.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    origin,
    email: apiUserEmail,
    token: apiToken,
    fromAddress,
    fromNumber,
    brands,
    organizationName,
    exampleConversationId: world.traps.find(({ name }) => name === 'three_agents')?.story.id ?? '',
    traps: world.traps.map(({ name, story, what }) => ({ name, conversationId: story.id, what })),
    medallia: {
      apiKey: medalliaKeys.production,
      testKey: medalliaKeys.test,
      apiSecret: medalliaKeys.secret,
    },
    mailbox: () => world.mailbox.messages(),
    opinionOf: (message) => opinionOf(world, seed, message),
    setFaults: (faults) => {
      const before = sandbox.faults;
      sandbox.faults = { ...before, ...faults };
      return before;
    },
    close: async () => {
      await webhooks.deliveries.close();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
    },
  };
}
