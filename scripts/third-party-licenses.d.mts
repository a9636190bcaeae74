export const leftOut: Record<string, string>;
export function bundledPackages(metafiles: readonly { inputs: object }[]): string[];
export function thirdPartyLicenses(root: string, folders: readonly string[]): string;
