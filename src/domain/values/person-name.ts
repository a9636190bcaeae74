import { nameKey } from './name-key.ts';

/** First words that are not a first name, or may not be one: `Dr Lee`, `Captain Lee`, `Night Shift`, `Die Kollegen`, `Nguyễn Văn An`. */
const uncertain = wordsOf(
  `dr mr mrs ms mx miss prof professor doctor sir madam rev herr frau ing mag mme mlle monsieur madame señor señora sra srta
  signor signora sig dott dottore dottoressa dhr mevr mevrouw meneer pan pani bay bayan don doña dona doktor docteur doutor
  captain capt cpt capitaine capitán hauptmann sergeant sgt sargento lieutenant lt teniente leutnant major maj colonel col
  oberst general gen corporal cpl private officer admiral commander chief judge father père brother sister pastor
  reverend rabbi imam lic licenciado lord lady
  the help care success sales billing admin administrator agent bot api system test account accounts manager supervisor
  lead chat phone email web night day shift new no unknown user staff guest virtual assistant automation integration
  orders returns hello info contact noreply postmaster webmaster anonymous null none undefined first firstname
  former ex deleted deactivated inactive disabled archived external ext contractor temp temporary trainee training intern
  backup shared escalation quality human finance accounting legal tier level operator manager helper
  coach chef uncle aunt king queen prince princess deacon sheikh haji sri shri smt datuk dato tun agente
  der die das unser unsere le les notre el los las nuestro nuestra il lo la mitarbeiter teamleitung zentrale kollegen
  nguyen tran pham huynh hoang phan truong duong zhang wang chen liu huang zhao zhou park choi nagy kovacs szabo toth horvath`,
);

/** Words that make a name a group's, wherever they stand: `Acme Support`, `Équipe Lyon`. */
const ofGroups = wordsOf(
  `team teams support desk helpdesk service services customer customers client clients department dept group crew squad hotline
  office kunden kunde hilfe gruppe abteilung vertrieb verkauf buchhaltung équipe clientèle assistance groupe service
  département ventes equipo servicio servicios cliente clientes atención soporte ayuda asistencia grupo departamento ventas
  servizio servizi clienti assistenza squadra gruppo reparto vendite equipe serviço serviços atendimento suporte vendas
  klanten afdeling verkoop hulp zespół obsługa klienta wsparcie dział tým podpora oddělení echipa asistență clienți csapat
  müşteri hizmetleri destek ekibi layanan pelanggan служба отдел команда поддержка поддержки сервис клиентов ομάδα υποστήριξη
  reception recepción rezeption empfang accueil concierge shipping warehouse logistics marketing operations onboarding
  retention escalations inbox queue chatbot ai resources sidekick copilot
  εξυπηρέτηση خدمة فريق دعم العملاء צוות שירות תמיכה टीम सेवा सहायता`,
);
/** Compounds of Germanic and Finnish languages, e.g. `Kundendienst`. */
const groupCompound =
  /\p{L}(?:service|support|team|dienst|tjanst|tjeneste|palvelu|betreuung|schicht|szolgalat)$/u;

const ofCompanies = wordsOf(
  'inc incorporated llc ltd limited gmbh corp corporation company plc llp sarl srl kgaa ohg oyj aps pty pvt',
);
/** Shorter ones are names, too, unless they are in capitals. */
const companyForm = /^(?:AB|AG|AS|BV|CO|KG|LP|NV|OY|SA|SAS|SE|SL|SPA|UG)$/;

const longestFirstName = 40;

/**
 * An agent's first name, from the full name in the help desk: `Lee, Dr. Ann` and `Ann Lee` are both `Ann`. Null wherever it
 * is not certain: a title and one word, initials, a word in capitals, digits, `Ann Lee, Nurse` (which may be `last, first`),
 * groups, companies, and scripts in which the family name comes first.
 */
export function firstNameOf(name: string | null): string | null {
  if (name === null || /[@\p{N}&+/|]/u.test(name)) return null;
  const readable = name.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replace(/[^\P{C}\u200c\u200d]/gu, '');
  const [before = [], after] = readable.split(',').map((part) => part.split(/\s+/u).filter(Boolean));
  if ([...before, ...(after ?? [])].some(isCompany) || before.some(isGroup)) return null;
  const isLastFirst = after !== undefined && (before.length === 1 || /^\p{Ll}/u.test(before[0] ?? ''));
  if (isLastFirst) return certain(withoutTitles(after)[0]);
  if (after?.length === 1 && certain(after[0]) !== null) return null;
  const words = withoutTitles(before);
  // As Korean names are written in Latin letters, e.g. `Kim Min-su`: the family name first.
  if (/^\p{Lu}\p{Ll}+-\p{Ll}+$/u.test(words[1] ?? '') && words.length === 2) return null;
  // What follows a title alone is a family name.
  if (words.length < before.length && words.length < 2) return null;
  return certain(words[0]);
}

function withoutTitles(words: readonly string[]): string[] {
  const first = words.findIndex((word) => !/^\p{L}{2,}\.$/u.test(word));
  return first === -1 ? [] : words.slice(first);
}

function certain(word = ''): string | null {
  const isName =
    /^\p{Lu}[\p{L}\p{M}'’-]*[\p{Ll}\p{M}]$/u.test(word) || /^\p{Lo}[\p{Lo}\p{M}\u200c\u200d]*$/u.test(word);
  const isFamilyFirst = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(word);
  if (
    !isName ||
    isFamilyFirst ||
    word.length > longestFirstName ||
    uncertain.has(plainKey(word.split('-')[0] ?? ''))
  )
    return null;
  return word;
}

function isGroup(word: string): boolean {
  const parts = word.split(/[^\p{L}\p{M}]+/u).map(plainKey);
  return parts.some((part) => ofGroups.has(part) || groupCompound.test(part));
}

function isCompany(word: string): boolean {
  const letters = word.replaceAll(/[^\p{L}]/gu, '');
  return companyForm.test(letters) || ofCompanies.has(plainKey(letters));
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/u).map(plainKey));
}

/** Without accents, which many leave out. */
function plainKey(word: string): string {
  return nameKey(word).normalize('NFD').replaceAll(/\p{M}/gu, '');
}
