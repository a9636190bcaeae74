import { timeNow } from '../../domain/values/instant.ts';
import type { Ledger } from '../../store/ledger/ledger.ts';
import type { ClosingFilter } from '../../store/views/closing-filter.ts';
import { listClosings } from '../../store/views/surveys.ts';

/** So many are named; the list has the others. */
const mostNamed = 3;

interface Waiting {
  /** Which closings wait for a person. */
  filter: Pick<ClosingFilter, 'states' | 'reminders'>;
  /** All of them. */
  count: number;
  /** The command that lists them. */
  list: string;
  nowMs: number;
}

/** The commands that settle the newest of those that wait, and how many others there are, with the command that lists them. */
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
  // They were settled meanwhile.
  if (commands.length === 0) return `\`${command('ID')}\``;
  const others = count - commands.length;
  if (others <= 0) return commands.join(', ');
  return `${commands.join(', ')}, and the same for ${others} more, which \`${list}\` lists`;
}
