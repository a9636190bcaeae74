export function releasedChangelog(text: string, version: string, day: string): string | null;
