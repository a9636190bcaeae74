import { isGivenName, isOnlyGivenName } from './given-names.ts';
import { wordKey, wordSet } from './word-key.ts';

/** Frequent family names from languages in which they come first, because the rest of the name may not show it. */
const families = wordSet(`
  nguyen tran pham huynh hoang phan truong duong dang bui ngo dinh trinh luong vuong
  zhang wang chen liu li huang zhao zhou xu zhu lin guo he gao luo zheng liang xie tang xiao cheng cao deng feng cai jiang qian pan
  yuan dong ye jin wei su lu ding ren shen yao lo cheung leung tse tsang wong yeung
  park choi jung jeong cho kang yoon yoo yun jang shin hwang kwon seo ahn hong
  sato suzuki takahashi tanaka watanabe ito nakamura kobayashi kato yoshida sasaki kimura hayashi saito shimizu abe ikeda ishii
  goto hasegawa yamada okada fujita endo aoki fukuda miura ota matsuda harada ono tamura takeda wada ueda morita hara shibata sakai kudo
  mori inoue kondo fujii nakano sugiyama imai ando
  nagy kovacs szabo toth horvath kiss varga molnar nemeth farkas balogh papp lakatos takacs juhasz meszaros olah racz szucs feher
  torok fekete szilagyi fodor szalai gulyas hegedus katona kocsis orban vegh
`);

/** Family names that also come last, after a first word as short as they are: `Pat Lee`. */
const alsoLast = wordSet('lee patel shah khan');

/** Japanese family names. */
const japanese =
  /^[a-z]{2,}(?:moto|mura|yama|kawa|gawa|zaki|saki|guchi|shita|bayashi|hashi|uchi|mizu|matsu|zawa|sawa|jima|shima|numa|hara|waki)$/u;
// Keys have no accents, so й is и here.
/** Slavic, Romanian, Georgian, and Greek family names, in Latin, Cyrillic, and Greek letters. */
const endings =
  /^(?:.{2,}(?:ova|eva|skaya|skaia|enko|chuk|escu|eanu|shvili|adze|poulos|poulou)|.{3,}(?:ov|ev|sky|skyi|skiy|ski|cki|ska|cka|vic|vich)|.{2,}(?:ова|ева|ская|цкая|скии|цкии|енко|чук|щук|швили|адзе|πουλος|πουλου)|.{3,}(?:ов|ев|вич|акис|ακης|ιδης))$/u;
/** First names end like this, too. */
const doubtfulEndings = /^.{3,}(?:ин|ина|ына|юк|ук|ко|ян)$/u;
const patronymic = /.{2,}(?:ович|евич|ьич|овна|евна|инична|ична|ovich|evich|ovna|evna)$/u;

/** A syllable of a Chinese, Korean, or Vietnamese name in Latin letters. */
const syllable =
  '(?:(?:[zcstpkg]h|ng|nh|tr|qu|kk|tt|pp|ss|jj|[hgk]w|[bcdfghjklmnpqrstvwxyz])(?!oe)[aeiouy]{1,3}|eun|eum|ae|a|i|o|u|yo)(?:ng|nh|n|m|k|l|p|t|h)?';
const oneSyllable = new RegExp(`^${syllable}$`, 'u');
const syllables = new RegExp(`^(?:${syllable})+$`, 'u');

/**
 * Whether the family name comes first, or may come first. The signs: a frequent family name, its ending, a patronymic
 * at the end, syllables that may be Chinese, Korean, or Vietnamese, or a well-known first name among the later words
 * while the first word is none.
 */
export function mayBeFamilyFirst(words: readonly string[]): boolean {
  const [first = '', ...rest] = words;
  const key = lettersOf(first);
  const last = lettersOf(rest.at(-1) ?? '');
  if (rest.length > 1 && patronymic.test(last)) return true;
  if (families.has(key)) return true;
  if (isGivenName(first)) return false;
  if (rest.some(isOnlyGivenName)) return true;
  if (japanese.test(key) || endings.test(key)) return true;
  if (doubtfulEndings.test(key) && !endings.test(last) && !doubtfulEndings.test(last)) return true;
  return (
    !isFamily(last) &&
    rest.length > 0 &&
    oneSyllable.test(key) &&
    rest.every((word) => syllables.test(lettersOf(word)))
  );
}

function isFamily(key: string): boolean {
  return families.has(key) || alsoLast.has(key);
}

function lettersOf(word: string): string {
  return wordKey(word).replaceAll(/[^\p{L}]/gu, '');
}
