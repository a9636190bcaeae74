import { colourLevel, terminalWidth } from '../terminal/colour.ts';
import { program } from './declarations.ts';
import { helpText, type HelpStyle } from './help.ts';

/** The help of the program itself, for a command line that asks for nothing else. */
export function programHelp(commandLine: readonly string[]): string {
  return helpText(program.name, program, helpStyle(commandLine));
}

/** How help is to look on this stdout. */
export function helpStyle(commandLine: readonly string[]): HelpStyle {
  const { isTerminal, columns } = terminalWidth();
  const color = commandLine.includes('--no-color') ? false : undefined;
  return { columns, colour: colourLevel(color, process.env, isTerminal) > 0 };
}
