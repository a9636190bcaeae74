import { problem } from '../errors.ts';
import type { Route } from '../exchange.ts';
import { notFound, refuse, type Reply } from '../reply.ts';
import type { Directory } from '../world/organization.ts';
import type { World } from '../world/world.ts';

type Listed = { id: string };

function listAndOne(
  path: string,
  list: (directory: Directory) => readonly Listed[],
  hidden: (directory: Directory) => readonly Listed[],
  missing: Reply,
): Route<World>[] {
  return [
    {
      method: 'GET',
      pattern: path,
      handle: ({ setting }) => ({ status: 200, json: list(setting.directory) }),
    },
    {
      method: 'GET',
      pattern: `${path}/:id`,
      handle: ({ setting: { directory } }, _request, { id }) => {
        const found = [...list(directory), ...hidden(directory)].find((one) => one.id === id);
        return found === undefined ? missing : { status: 200, json: found };
      },
    },
  ];
}

const none = (): readonly Listed[] => [];

/**
 * Agents, inboxes, teams, topics and the organization. The contract does not state the answer for an unknown agent, inbox
 * or team.
 */
export function directoryRoutes(origin: () => string): readonly Route<World>[] {
  return [
    ...listAndOne(
      '/api/v1/agents',
      ({ agents }) => agents,
      ({ deactivatedAgents }) => deactivatedAgents,
      notFound,
    ),
    ...listAndOne('/api/v1/inboxes', ({ inboxes }) => inboxes, none, notFound),
    ...listAndOne('/api/v1/teams', ({ teams }) => teams, none, notFound),
    ...listAndOne(
      '/api/v1/topics',
      ({ topics }) => topics,
      none,
      refuse(404, problem('not_exist', 'entity does not exist')),
    ),
    {
      method: 'GET',
      pattern: '/api/v1/organization',
      handle: ({ setting }) => ({
        status: 200,
        json: { ...setting.directory.organization, gladlyUrl: origin() },
      }),
    },
  ];
}
