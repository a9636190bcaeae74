import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { Failure } from '../failure.ts';
import type { OwnTexts } from './own-texts.ts';

/** The operator's branding. */
export interface PageBrand {
  /** `#rrggbb`. */
  color: string | null;
  logo: { type: LogoType; bytes: Uint8Array } | null;
  texts?: OwnTexts;
}

export type LogoType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

/**
 * The logo's name below `/assets` for mails, which stays the same when the logo changes.
 *
 * @param brand null: the profile's own. A brand's name may have letters that mail programs break in a URL
 */
export function mailLogoOf(brand: string | null): string {
  if (brand === null) return 'logo';
  return `logo-${createHash('sha256').update(brand).digest('hex').slice(0, 16)}`;
}

/** Every visitor loads the logo, often on a phone. */
const largestLogo = 512 * 1024;

/**
 * Reads the logo. Its first bytes determine its type, never its name; SVG is not accepted, because it can contain
 * scripts.
 *
 * @throws Failure of kind configuration: `logo_unreadable`, `logo_too_large`, `logo_invalid`
 */
export async function readBrand(brand: {
  color: string | null;
  logoFile: string | null;
  texts?: OwnTexts;
}): Promise<PageBrand> {
  const { logoFile, ...rest } = brand;
  return { ...rest, logo: logoFile === null ? null : await readLogo(logoFile) };
}

async function readLogo(file: string): Promise<PageBrand['logo']> {
  const bytes = await readStart(file, largestLogo + 1);
  if (bytes.length > largestLogo) {
    throw new Failure('configuration', 'logo_too_large', `the logo ${file} is larger than 512 KiB`, {
      hint: 'Use a smaller image: a width of 400 pixels is enough.',
    });
  }
  const type = typeOf(bytes);
  if (type === null) {
    throw new Failure(
      'configuration',
      'logo_invalid',
      `the logo ${file} is not an image that the page can show`,
      {
        hint: 'Save it as PNG, JPEG, WebP or GIF.',
      },
    );
  }
  return { type, bytes };
}

/** Reads at most `most` bytes of a regular file: a pipe would block until somebody writes to it. */
async function readStart(file: string, most: number): Promise<Uint8Array> {
  try {
    if (!(await stat(file)).isFile()) throw new Error('not a file');
    const handle = await open(file, 'r');
    try {
      const buffer = Buffer.alloc(most);
      let length = 0;
      while (length < most) {
        const { bytesRead } = await handle.read(buffer, length, most - length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return buffer.subarray(0, length);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new Failure('configuration', 'logo_unreadable', `the logo ${file} cannot be read`, {
      hint: 'Check the path and its permissions, or run `gcsat configure unset logo` to use no logo.',
      cause: error,
    });
  }
}

function typeOf(bytes: Uint8Array): LogoType | null {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (start.startsWith('GIF87a') || start.startsWith('GIF89a')) return 'image/gif';
  if (start.startsWith('RIFF') && start.slice(8) === 'WEBP') return 'image/webp';
  return null;
}
