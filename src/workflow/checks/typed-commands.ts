import { timeNow } from '../../domain/values/instant.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import type { ClosingFilter } from '../../store/views/closing-filter.ts';
import { listClosings } from '../../store/views/surveys.ts';

/** This many are named; the list has the others. */
const mostNamed = 3;

interface Waiting {
  /** Which closings wait for a person. */
  filter: Pick<ClosingFilter, 'states' | 'reminders'>;
  /** How many closings wait. */
  count: number;
  /** The command that lists them. */
  list: string;
  nowMs: number;
}

/** Commands that settle the newest waiting closings, then how many others wait and the command that lists those. */
export async function typedCommands(
  ledger: Ledger,
  { filter, count, list, nowMs }: Waiting,
  command: (surveyId: string) => string,
): Promise<string> {
  const commands: string[] = [];
  const newest = listClosings(
    ledger,
    { ...filter, limit: mostNamed },
    timeNow(() => nowMs),
  );
  for await (const { closing } of newest) commands.push(`\`${command(closing.surveyId ?? closing.id)}\``);
  // The closings were settled meanwhile.
  if (commands.length === 0) return `\`${command('ID')}\``;
  const others = count - commands.length;
  if (others <= 0) return commands.join(', ');
  return `${commands.join(', ')}, and the same for ${others} more, which \`${list}\` lists`;
}
