/**
 * A path of the API with ids in it. Ids are opaque, any string may be one, so each is encoded as one segment. Null
 * when an id cannot be a segment of its own: an empty one, `.` and `..` (which climb, even when encoded: the URL
 * standard reads %2e as a dot), and text that is not well-formed Unicode. Gladly cannot have given such an id.
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
  if (id === '' || id === '.' || id === '..') return null;
  try {
    return encodeURIComponent(id);
  } catch {
    return null;
  }
}
