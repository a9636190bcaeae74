import { percentDecoded } from '../../domain/values/percent-encoding.ts';
/**
 * An API path with ids in it. Ids are opaque, so each is encoded as one segment. Null for an id that cannot be a
 * segment, and so cannot be one of Gladly's: an empty id, `.` and `..` (which climb even when encoded, because the URL
 * standard reads %2e as a dot), and text that is not well-formed Unicode.
 */
export function apiPath(parts: TemplateStringsArray, ...ids: readonly string[]): string | null {
  let path = `/api/v1${parts[0] ?? ''}`;
  for (const [index, id] of ids.entries()) {
    const segment = segmentOf(id);
    if (segment === null) return null;
    path += segment + (parts[index + 1] ?? '');
  }
  return path;
}

function segmentOf(id: string): string | null {
  return id === '' || id === '.' || id === '..' || !id.isWellFormed() ? null : encodeURIComponent(id);
}

/** The id in a `Location`. Its host does not matter: nothing is ever sent there. */
export function idInLocation(location: string | null, ...collections: readonly string[]): string | null {
  const path = new RegExp(`/(?:${collections.join('|')})/([^/?#]+)`);
  const [, segment] = path.exec(location ?? '') ?? [];
  return segment === undefined ? null : percentDecoded(segment);
}
