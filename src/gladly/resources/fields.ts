import * as z from 'zod';
import { formatInstant, parseGladlyTime } from '../../domain/values/instant.ts';
import { idOf, isObject, objectOf, textOf } from '../../domain/values/json.ts';
import { notAnAnswer, unreadable, type Subject } from '../http/errors.ts';

// Gladly may add properties and enum values at any time (Versioning), so unknown ones are ignored. Null counts as
// absent, and a number is accepted where text is expected.

const anything = z.unknown().optional();

/** Text; null for anything else. */
export const text = anything.transform(textOf);

/** An id; null for anything else, and for blank text. */
export const identifier = anything.transform(idOf);

export const requiredId = identifier.pipe(z.string());

export const flag = anything.transform((value) => value === true || value === 'true');

/** ISO-8601 in UTC with milliseconds; null for anything that is not a time. */
export const time = anything.transform(readTime);

/**
 * Text that decides whether a customer is surveyed, or null. An unreadable value may be the decisive one, so it is an
 * error, not null.
 */
export const decisiveText = anything
  .refine((value): boolean => value === undefined || value === null || textOf(value) !== null)
  .pipe(text);

/** An id that decides. An object stands for its id. */
export const decisiveId = z.union([
  decisiveText.transform(idOf),
  z.object({ id: requiredId }).transform(({ id }) => id),
]);

/** Ids that decide. Absent means empty; anything else that is not a list is an error. */
export const decisiveIds = z.preprocess(
  (value) => value ?? [],
  z.array(decisiveId).transform((ids) => ids.filter((id) => id !== null)),
);

/** The readable entries of a list; empty for anything that is not a list. */
export function listOf<T>(entry: z.ZodType<T>): z.ZodType<T[]> {
  return anything.transform((value) => readable(Array.isArray(value) ? value : [], entry));
}

/**
 * The objects of a list that decides. It is an error if the value is not a list, or if it says something but none of
 * the given texts can be read: that is not the same as an empty list.
 */
export function decisiveList<T>(entry: z.ZodType<T>, texts: readonly (keyof T & string)[]): z.ZodType<T[]> {
  const isReadable = (found: unknown, name: string): boolean => idOf(objectOf(found)[name]) !== null;
  const saysNothing = (found: unknown): boolean =>
    found === null ||
    (isObject(found) && texts.some((name) => name in found) && texts.every((name) => isBlank(found[name])));
  return z
    .preprocess((value) => value ?? [], z.array(z.unknown()))
    .refine(
      (values) =>
        values.every(saysNothing) || values.some((found) => texts.some((name) => isReadable(found, name))),
    )
    .transform((values) => readable(values, entry));
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function readable<T>(values: readonly unknown[], entry: z.ZodType<T>): T[] {
  return values.flatMap((value) => {
    const parsed = entry.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
}

/**
 * An object for which the contract requires no property: a missing one is null. An object that has only other
 * properties is the answer to another request.
 *
 * @param others properties of the contract that we do not read
 */
export function optional<Shape extends z.ZodRawShape>(
  shape: Shape,
  others: readonly string[] = [],
): z.ZodType<z.output<z.ZodObject<Shape>>> {
  const names = new Set([...Object.keys(shape), ...others]);
  const isOther = (found: object): boolean =>
    Object.keys(found).length > 0 && !Object.keys(found).some((name) => names.has(name));
  return z
    .looseObject({})
    .refine((found) => !isOther(found), `it has none of the properties ${[...names].join(', ')}`)
    .pipe(z.object(shape));
}

/** @throws Problem of kind contract; a temporary one for an empty list */
export function read<T>(shape: z.ZodType<T>, value: unknown, subject: Subject): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  if (Array.isArray(value) && value.length === 0) throw notAnAnswer(subject, 'an empty list');
  const { issues } = parsed.error;
  const missing = issues.map((issue) => issue.path.join('.')).filter((path) => path !== '');
  const other = issues.find(({ code }) => code === 'custom')?.message ?? 'it is not an object';
  throw unreadable(subject, missing.length === 0 ? other : `it has no readable ${missing.join(', ')}`);
}

/**
 * One object. The contract does not always require the id; the requested one stands in for a missing one.
 *
 * @throws temporary Problem for an object with nothing in it
 */
export function readOne<T extends { id: string | null }>(
  shape: z.ZodType<T>,
  value: unknown,
  subject: Subject,
  id: string,
): T & { id: string } {
  const found = read(shape, value, subject);
  if (Object.keys(objectOf(value)).length === 0) throw notAnAnswer(subject, 'an empty object');
  return { ...found, id: found.id ?? id };
}

/** A list of objects. An entry without an id names nothing and is left out. */
export function readAll<T extends { id: string | null }>(
  shape: z.ZodType<T>,
  value: unknown,
  subject: Subject,
): (T & { id: string })[] {
  return readable(readList(value, subject), shape).filter(
    (found): found is T & { id: string } => found.id !== null,
  );
}

/** A list whose entries stay as they are. */
export function readList(value: unknown, subject: Subject): unknown[] {
  if (!Array.isArray(value)) throw unreadable(subject, 'it is not a list');
  return value;
}

/** A time that Gladly wrote, as ISO-8601 in UTC with milliseconds; null when it is not a time. */
export function readTime(value: unknown): string | null {
  const instant = parseGladlyTime(value);
  return instant === null ? null : formatInstant(instant);
}
