/** The number of an option, e.g. of `--seconds 0.5`. */
export function numberOf(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0) {
    throw new Error(`An option needs a number of 0 or more, not '${text}'.`);
  }
  return number;
}

/** The numbers of an option such as `--rows 1000,1000000`. */
export function numbersOf(text: string): number[] {
  return text.split(',').map(numberOf);
}
