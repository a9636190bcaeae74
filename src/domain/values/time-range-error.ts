/** A range or zone that cannot be understood. The message says which part is wrong, the hint what to give instead. */
export class TimeRangeError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'TimeRangeError';
    this.hint = hint;
  }
}
