import { changeProfile, type StoredProfile } from '../../src/config/profiles.ts';

/** Adds or replaces one profile. */
export async function saveProfile(directory: string, name: string, profile: StoredProfile): Promise<void> {
  await changeProfile(directory, name, () => profile);
}
