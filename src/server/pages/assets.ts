import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { paletteOf, type Palette } from '../../html/palette.ts';
import { renderUnescaped } from '../../html/templates.ts';
import { mailLogoOf, type LogoType, type PageBrand } from '../../html/brand.ts';
import iconSource from './templates/icon.svg.eta?raw';
import styleSource from './templates/style.css.eta?raw';

interface Asset {
  /** Includes a hash of the content, so that browsers can cache the file forever. */
  name: string;
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The files that the pages load, and the colors in them. */
export interface Assets {
  palette: Palette;
  stylesheet: Asset;
  icon: Asset;
  logo: Asset | null;
}

const suffixes: Record<LogoType, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

export function assetsOf(brand: PageBrand): Assets {
  const palette = paletteOf(brand.color);
  const style = renderUnescaped(styleSource, { ...palette, ratings: [1, 2, 3, 4, 5] });
  const { logo } = brand;
  return {
    palette,
    stylesheet: asset('survey', 'css', 'text/css; charset=utf-8', Buffer.from(style)),
    icon: asset('icon', 'svg', 'image/svg+xml', Buffer.from(iconSource)),
    logo: logo === null ? null : asset('logo', suffixes[logo.type], logo.type, logo.bytes),
  };
}

/** The files of all brands. A mail names its logo by the brand, so it finds the logo even after a replacement. */
export function assetRoutes(all: ReadonlyMap<string | null, Assets>): Hono {
  const byName = new Map<string, Asset>();
  const ofMails = new Map<string, Asset>();
  for (const [brand, { stylesheet, icon, logo }] of all) {
    for (const known of [stylesheet, icon, ...(logo === null ? [] : [logo])]) byName.set(known.name, known);
    if (logo !== null) ofMails.set(mailLogoOf(brand), logo);
  }
  const routes = new Hono();
  routes.get('/assets/:name', (context) => {
    const name = context.req.param('name');
    const ofMail = ofMails.get(name);
    const isOfMail = ofMail !== undefined;
    const found = ofMail ?? byName.get(name);
    if (found === undefined) return context.text('Not found\n', 404);
    // A stream, because `Response` would copy the bytes for every client that is slow to read them.
    const shared = new ReadableStream<Uint8Array>({
      pull(stream) {
        stream.enqueue(found.bytes);
        stream.close();
      },
    });
    return context.body(shared, 200, {
      'Content-Type': found.type,
      'Content-Length': String(found.bytes.length),
      'Cache-Control': isOfMail ? 'public, max-age=3600' : 'public, max-age=31536000, immutable',
      ...(isOfMail ? { 'Cross-Origin-Resource-Policy': 'cross-origin' } : {}),
    });
  });
  return routes;
}

function asset(name: string, suffix: string, type: string, bytes: Uint8Array): Asset {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  return { name: `${name}-${hash}.${suffix}`, type, bytes: new Uint8Array(bytes) };
}
