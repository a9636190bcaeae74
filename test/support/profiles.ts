import { changeProfile, type StoredProfile } from '../../src/config/profiles.ts';

/** Adds or replaces one profile. */
export function saveProfile(directory: string, name: string, profile: StoredProfile): Promise<void> {
  return changeProfile(directory, name, () => profile);
}
