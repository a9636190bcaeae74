/** Remembers the newest entries of a kind, oldest first. */
export interface Recent<Entry> {
  add(entry: Entry): void;
  entries(): Entry[];
}

/** @param most how many entries are remembered */
export function recent<Entry>(most: number): Recent<Entry> {
  let entries: Entry[] = [];
  return {
    add: (entry) => {
      entries.push(entry);
      if (entries.length >= 2 * most) entries = entries.slice(-most);
    },
    entries: () => entries.slice(-most),
  };
}
