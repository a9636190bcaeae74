import { colorLevel, terminalWidth } from '../../terminal/color.ts';
import { helpText, type HelpStyle } from './help.ts';
import { program } from './program.ts';

/** The help of the program itself. */
export function programHelp(commandLine: readonly string[]): string {
  return helpText(program.name, program, helpStyle(commandLine));
}

/** The style of help on this stdout. */
export function helpStyle(commandLine: readonly string[]): HelpStyle {
  const { isTerminal, columns } = terminalWidth();
  const color = commandLine.includes('--no-color') ? false : undefined;
  return { columns, color: colorLevel(color, process.env, isTerminal) > 0 };
}
