const guard =
  /^'(?='*(?:[\s\p{Z}\p{Cf}]*[=+\-@\u2212\uFE62\uFE63\uFE66\uFE6B\uFF0B\uFF0D\uFF1D\uFF20]|[\t\r]))/u;

/** The record without the apostrophes that keep cells from being formulas. */
export function withoutGuard(record: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, cell]) => [name, cell.replace(guard, '')]));
}

/** A row as the contract says: nested fields joined by a dot, lists by `; `. */
export function flattened(row: Record<string, unknown>): Record<string, string> {
  const text = (value: unknown): string =>
    typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
  const fields: Record<string, string> = {};
  const listed = { reasons: 'code', responders: 'name', topics: 'name', notes: 'text' } as Record<
    string,
    string
  >;
  const nested: Record<string, readonly string[]> = {
    customer: ['id', 'name', 'email', 'phone'],
    agent: ['id', 'name', 'email'],
    assignee: ['id', 'name'],
    inbox: ['id', 'name'],
    survey: ['id', 'provider', 'sentAt', 'openedAt', 'remindedAt'],
    answer: ['rating', 'resolved', 'reason', 'comment', 'answeredAt', 'revision'],
    card: ['itemId', 'postedAt'],
    imported: ['id', 'askedAt'],
    medallia: ['uuid', 'deliveryStatus', 'requestedAt', 'sentAt', 'deliveredAt'],
  };
  for (const [name, value] of Object.entries(row)) {
    const main = listed[name];
    if (main !== undefined) {
      const items = value as Record<string, unknown>[];
      const join = (key: string): string => items.map((item) => text(item[key] ?? item['id'])).join('; ');
      fields[name] = join(main);
      const more = { responders: ['id'], topics: ['id'], notes: ['at', 'done'] }[name] ?? [];
      for (const key of more) fields[`${name}.${key}`] = join(key);
      continue;
    }
    if (name === 'answer') {
      const { question = null } = (value ?? {}) as { question?: Record<string, unknown> | null };
      for (const key of ['kind', 'text', 'answer']) fields[`answer.question.${key}`] = text(question?.[key]);
    }
    for (const key of nested[name] ?? []) {
      fields[`${name}.${key}`] = text((value as Record<string, unknown> | null)?.[key]);
    }
    if (nested[name] === undefined) fields[name] = text(value);
  }
  return fields;
}
