import { Failure } from '../failure.ts';
import type { CommandDeclaration } from './program/declaration.ts';

/** Listed here because the words of all languages take time to load. */
export const previewLanguages: readonly string[] = ['de', 'en', 'es', 'fr'];

const usualFolder = 'gcsat-preview';

export const previewCommand: CommandDeclaration = {
  name: 'preview',
  group: 'Tools',
  summary: 'the email, text message, and pages as customers will see them',
  details:
    'Makes them in every language with the words, colors, logo, and template of the profile, and a made-up customer. ' +
    'Each brand gets a folder of its own. It needs no token, asks Gladly nothing, and sends nothing. Other files in ' +
    'the folder stay.',
  options: [
    { flags: '--out <folder>', description: `where to write the files (${usualFolder})` },
    { flags: '--serve', description: 'show them on this machine until Ctrl-C; written only with --out' },
    { flags: '--language <tag>', description: 'only this language', suggestions: previewLanguages },
    { flags: '--brand <name>', description: 'only this brand', suggestions: 'brands' },
  ],
  examples: [
    'gcsat preview',
    'gcsat preview --serve',
    'gcsat preview --out preview --language fr',
    'gcsat preview --brand nordwind',
  ],
  async run(context, { options }) {
    const path = await import('node:path');
    const { languages, speechOf } = await import('../html/languages.ts');
    const { previewFiles } = await import('../server/preview/preview-files.ts');
    const { servePreview, writePreview } = await import('../server/preview/keep-preview.ts');
    const { previewParts } = await import('./preview-parts.ts');
    const { previewSettings } = await import('./preview-settings.ts');
    const { exitCodeOf, untilAborted } = await import('./program/signals.ts');
    const { output, signal, clock } = context;
    const only = options['language'] as string | undefined;
    const language = only === undefined ? null : speechOf(only)?.language;
    if (language === undefined) {
      throw new Failure(
        'usage',
        'language_unsupported',
        `there are no messages or pages in '${only ?? ''}'`,
        {
          hint: `Use one of ${languages.join(', ')}.`,
        },
      );
    }
    const known = await previewSettings(context);
    const {
      own,
      brands,
      languages: shown,
    } = await previewParts(known, {
      nowMs: clock(),
      language,
      brand: options['brand'] as string | undefined,
    });
    const files = previewFiles({ ...own, others: brands });
    const isServed = options['serve'] === true;
    const given = options['out'] as string | undefined;
    const folder = given === undefined && isServed ? null : path.resolve(given ?? usualFolder);
    if (folder !== null) await writePreview(folder, files);
    const served = isServed ? await servePreview(files) : null;
    const document = {
      folder,
      index: folder === null ? null : path.resolve(folder, 'index.html'),
      origin: served?.origin ?? null,
      languages: shown,
      brand: own.name ?? null,
      brands: brands.flatMap(({ name }) => name ?? []),
      files: [...files.keys()],
    };
    const text = (): string =>
      [
        ...(folder === null ? [] : [`${files.size} files; open ${document.index}`]),
        ...(served === null ? [] : [`showing it at ${served.origin}; press Ctrl-C to stop`]),
      ].join('\n');
    if (served === null) {
      output.result(document, text);
      return 0;
    }
    output.record(document, text);
    await untilAborted(signal);
    await served.close();
    return exitCodeOf(signal);
  },
};
