import { employeeOf } from '../../delivery/medallia.ts';
import { readEmployees, type EmployeeNames } from '../../delivery/medallia-employees.ts';
import { traitsOf } from '../../domain/delivery.ts';
import { addressKey } from '../../domain/eligibility/addresses.ts';
import { isExcludedAgent } from '../../domain/eligibility/excluded-agents.ts';
import type { Settings } from '../../config/settings.ts';
import { Failure } from '../../failure.ts';
import type { Employee } from '../../medallia/employees.ts';
import { ok, skipped, type Check } from './check.ts';
import type { CheckSources } from './check-sources.ts';
import { clockVerdict } from './clock.ts';
import { countsUnasked } from '../context/counts-unasked.ts';
import { openCounts } from '../../store/medallia/counts.ts';
import { outstandingFinding } from './outstanding.ts';

const mostNamed = 5;

const notUsed = skipped('Agent Connect is not used');

/** Agent Connect's answers are read even while another delivery is set. */
function isUsed({ medallia, delivery }: Settings): boolean {
  return medallia.apiKey !== null || traitsOf(delivery).publicUrl === 'unused';
}

export const medalliaReachCheck: Check<Pick<CheckSources, 'settings' | 'medalliaHost'>> = {
  id: 'medallia.reach',
  about: 'Agent Connect answers at its host, asked without keys',
  matters: 'Surveys are requested there, and answers are read there.',
  needs: ['config.files'],
  isRemote: true,
  async run({ settings, medalliaHost }) {
    if (!isUsed(settings())) return notUsed;
    const { origin } = settings().medallia;
    const { status, askedAtMs, heardAtMs } = await medalliaHost();
    if (status < 500) return ok(`${origin} answers in ${heardAtMs - askedAtMs} ms`);
    throw new Failure('temporary', 'medallia_unwell', `${origin} answers with ${status}`, {
      hint: 'Run it again in a few minutes. If that does not help, check GCSAT_MEDALLIA_URL.',
    });
  },
};

export const medalliaClockCheck: Check<Pick<CheckSources, 'settings' | 'medalliaHost'>> = {
  id: 'medallia.clock',
  about: 'this machine and Agent Connect agree on the time',
  matters: 'Every request for answers says when it was made, and may be refused if that is wrong.',
  needs: ['medallia.reach'],
  isRemote: true,
  async run({ settings, medalliaHost }) {
    if (!isUsed(settings())) return notUsed;
    return clockVerdict('Agent Connect', await medalliaHost());
  },
};

export const medalliaKeysCheck: Check<Pick<CheckSources, 'settings' | 'employees'>> = {
  id: 'medallia.keys',
  about: 'Agent Connect accepts the key and the secret',
  matters: 'Without them nothing is requested there, and no answer is read.',
  needs: ['medallia.reach'],
  isRemote: true,
  async run({ settings, employees }) {
    if (!isUsed(settings())) return notUsed;
    return ok(`${(await employees()).length} employees with an active profile`);
  },
};

export const medalliaAgentsCheck: Check<Pick<CheckSources, 'settings' | 'employees' | 'directory'>> = {
  id: 'medallia.agents',
  about: 'every Gladly agent has an active profile at Agent Connect',
  matters: 'Customers are never asked about an agent without one: the request is refused.',
  needs: ['medallia.keys', 'gladly.token'],
  isRemote: true,
  async run({ settings, employees, directory }) {
    const given = settings();
    if (!isUsed(given)) return notUsed;
    const { employeesFile } = given.medallia;
    const mapping: EmployeeNames = employeesFile === null ? new Map() : await readEmployees(employeesFile);
    const isActive = activeBy(await employees());
    const agents = [...(await directory.agents()).values()].filter(
      ({ id, email }) => !isExcludedAgent(given.policy.excludedAgents, id, email),
    );
    const without = agents.filter(({ email }) => {
      const name = employeeOf(email, mapping);
      return name === null || !isActive(name);
    });
    if (without.length === 0) return ok(`all ${agents.length} agents have one`);
    const named = without.slice(0, mostNamed).map(({ name, email, id }) => name ?? email ?? id);
    const more = without.length - named.length;
    return {
      status: 'warning',
      code: 'medallia_agents_inactive',
      summary: `${without.length} of ${agents.length} agents have none: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`,
      fix: 'Approve their profiles in Agent Connect, name them in the file of medalliaEmployees, or add them to excludedAgents.',
    };
  },
};

export const medalliaCountsCheck: Check<Pick<CheckSources, 'settings' | 'ledger' | 'clock'>> = {
  id: 'medallia.counts',
  about: 'closings without a survey count at Agent Connect, if the profile wants that',
  matters: 'Agent Connect undercounts your interactions.',
  needs: ['config.files', 'ledger.open', 'ledger.version'],
  async run({ settings, ledger, clock }) {
    const open = await openCounts(await ledger());
    const { count, uncertain, leftOut } = open;
    if (!countsUnasked(settings()) && count + uncertain === 0) return skipped('nothing needs to count there');
    const rest = leftOut === 0 ? '' : `; ${leftOut} cannot, as \`gcsat surveys show\` says`;
    if (uncertain > 0) {
      return {
        status: 'warning',
        code: 'counts_uncertain',
        kind: 'partial',
        summary: `${uncertain} may or may not count there${rest}`,
        detail:
          'gcsat does not request them again. The next read of Agent Connect settles those that arrived.',
        fix: 'gcsat sync',
      };
    }
    return outstandingFinding(open, clock(), {
      none: `none is waiting${rest}`,
      summary: `${count} ${count === 1 ? 'waits' : 'wait'} to count there${rest}`,
      code: 'counts_outstanding',
    });
  },
};

function activeBy(
  employees: readonly Employee[],
): (name: { email: string } | { custom_id: string }) => boolean {
  const emails = new Set(employees.flatMap(({ email }) => (email === null ? [] : [addressKey(email)])));
  const ids = new Set(employees.flatMap(({ customId }) => customId ?? []));
  return (name) => ('custom_id' in name ? ids.has(name.custom_id) : emails.has(addressKey(name.email)));
}
