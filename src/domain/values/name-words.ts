import { wordKey, wordSet } from './word-key.ts';

const titles = wordSet(`
  dr drs dra mr mrs ms mx miss prof professor profesor professora doctor sir madam mme mlle mgr me maitre rev hon honorable atty attorney
  adv esq engr ing ir mag dipl herr frau hr hrn fr fru froken monsieur madame mademoiselle señor señora señorita sr sra srta don doña
  dona signor signora signorina sig dott dottore dottoressa dottssa avv arch dhr mevr mevrouw mw meneer heer pan pani panna bay bayan
  doktor docteur doutor doutora hoca puan encik cik tuan khun ibu bapak bapa pak bu kak mas mbak sri shri shree smt shrimati kumari
  datuk dato tun tan haji hajjah sheikh sayyid seyed ustad kyrios kyria domnul doamna gospodin gospoda gospodja ur úr
  captain capt cpt capitaine capitán hauptmann sergeant sgt sargento lieutenant lt teniente leutnant major maj colonel col oberst general
  gen corporal cpl private admiral commander chief judge justice father brother sister pastor père père frère soeur reverend
  rabbi imam lic licenciado lord lady dame baron count countess duke earl king queen prince princess deacon bishop uncle aunt coach
  chef president senator mayor governor minister jr junior senior phd md rn mba cpa
  господин госпожа господа доктор профессор товарищ пан пани пані κυριος κυρια δρ
  السيد السيدة الآنسة سيد سيدة دكتور الدكتور دكتورة الدكتورة أستاذ الأستاذ مهندس المهندس الشيخ شيخ
  מר גברת גב ד״ר דר פרופ הרב श्री श्रीमती सुश्री डॉ कुमारी คุณ นาย นาง นางสาว ดร
`);

/** Words for no person, or for what a person does: they make a name doubtful wherever they stand. */
const ofNobody = wordSet(`
  team teams support desk helpdesk service services customer customers client clients department dept group crew squad hotline care
  success sales billing admin admins administrator agent agents rep reps representative bot bots chatbot api system test tester account
  accounts manager managers supervisor lead leader chat phone call calls center centre email mail web website shift weekend
     unknown user users staff guest virtual assistant automation automated auto reply replies bulk integration
  integrations connector connect plugin app apps application software platform portal sync webhook orders order returns return
  refund refunds exchange exchanges claims fraud payments payment hello info contact contacts noreply postmaster webmaster anonymous
  null none undefined nobody everyone everybody anyone someone all unassigned assigned unavailable deleted deactivated inactive disabled
  archived former external contractor temp temporary trainee training intern backup shared escalation escalations quality assurance
  resources finance accounting legal operator helper office reception concierge shipping warehouse logistics marketing operations ops
  onboarding retention inbox queue queues ai gpt sidekick copilot use generic demo dummy sample example placeholder not 
  specialist specialists advisor advisors adviser advisers consultant associate expert experts technician engineer developer analyst
  coordinator director executive officer president owner founder ceo cto coo cfo vp head nurse stylist stylists therapist trainer
  store stores shop shops showroom boutique studio outlet branch location hub region channel voice sms text messaging social media
  community forum feedback survey surveys review reviews loyalty vip priority overflow general default house company business
  corporate enterprise retail wholesale online digital ecommerce solutions products product parts repair repairs workshop lab labs tech
  technical technology it hr qa crm dev robot robots machine workflow workflows rule rules zapier klaviyo shopify gladly zendesk intercom
  salesforce slack hubspot twilio medallia google amazon facebook instagram whatsapp
  gift card ticket tickets spam filter cleanup hours foo bar europe america international global ecom closer timezone
  kunden kunde kundin hilfe gruppe abteilung vertrieb verkauf buchhaltung empfang rezeption zentrale mitarbeiter mitarbeiterin kollegen
  kollege kollegin berater beraterin beratung leiter leiterin teamleitung filiale lager versand technik rückgabe bestellung aushilfe
  azubi praktikant unbekannt gelöscht
  équipe clientèle clientele assistance groupe département ventes accueil conseiller conseillère conseillers vendeur vendeuse directeur
  directrice responsable gérant magasin livraison retours commandes utilisateur conseil
  equipo servicio servicios cliente clientes atención soporte ayuda asistencia grupo departamento ventas recepción asesor asesora
  asesores gerente encargado tienda agente agentes envíos pedidos usuario
  servizio servizi clienti assistenza squadra reparto vendite consulente negozio direttore commessa utente supporto
  equipe serviço serviços atendimento suporte vendas atendente loja usuário consultor consultora vendedor vendedora
  klanten afdeling verkoop hulp klantenservice adviseur winkel medewerker ondersteuning
  zespół obsługa klienta wsparcie dział sklep doradca kierownik tým podpora oddělení echipa asistență clienți csapat ügyfél
  müşteri hizmetleri destek ekibi temsilcisi layanan pelanggan dukungan kundesenter kundservice kundeservice asiakas
  служба отдел команда поддержка поддержки сервис клиентов менеджер оператор консультант администратор директор продавец магазин
  техподдержка бот сотрудник специалист агент
  ομαδα υποστηριξη εξυπηρετηση πελατων
  خدمة فريق دعم العملاء مركز الاتصال الدعم الفني قسم مدير المدير موظف موظفة وكيل مندوب مبيعات المبيعات متجر
  צוות שירות תמיכה מוקד לקוחות נציג נציגה מנהל מנהלת מכירות टीम सेवा सहायता ग्राहक प्रबंधक พนักงาน ทีมงาน ทีม ฝ่าย ศูนย์ บริการ ลูกค้า แอดมิน
`);
/** Compounds, e.g. `Kundendienst` and `Voicebot`; `Talbot` and `Abbot` are people's names. */
const compound =
  /\p{L}(?:service|support|team|dienst|tjanst|tjeneste|palvelu|betreuung|beratung|leitung|abteilung|schicht|szolgalat|desk|manager)$|(?<!^(?:tal|ab|abb|ca|gar|her|tur))bot$/u;
/** Thai writes a title and what follows it as one word. */
const joined = /^(?:คุณ|นาย|นาง|พนักงาน|ทีม|ฝ่าย|ศูนย์|แผนก)/u;

/** Words with which no name begins; elsewhere, they may be part of one. */
const beginnings = wordSet(`
  the a an our your my new no non anti pre ex ext first last firstname lastname tier level internal human main live day night morning evening
  weekday do please use der die das unser unsere le les notre la el los las nuestro nuestra il lo gli o os as het de
`);

/** A name that begins with such a word is a family name: `Van der Berg`, `San Martin`, `Abu Bakr`. */
const particles = wordSet(`
  van von der den de del della di da do dos das du des la le los las el al ter ten te af av zu zum zur vom bin ibn bint abu abou
  umm um abd abdul abdel abdal abdoul abdur san santa santo sant sankt são st ste saint sainte mac mc fitz o op uit vander vande
  عبد أبو ابو أم ام بن ابن بنت آل בן בת אבו
`);

/** Legal forms of companies. */
const ofCompanies = wordSet(
  'inc incorporated llc ltd limited gmbh corp corporation company plc llp sarl srl kgaa ohg oyj aps pty pvt ooo ооо зао оао',
);
/** Short legal forms count only in capitals: otherwise, they may be names. */
const companyForm = /^(?:AB|AG|AS|BV|CO|KG|LP|NV|OY|SA|SAS|SE|SL|SPA|UG)$/;

/** Words between two people, or between a person and what they belong to. */
const conjunctions = wordSet(`
  and or with from at for of on in by via und oder mit von für bei aus vom et ou avec pour chez con por para com e i och og ja ve en met
  voor и или от для и της και و أو ו או और และ
`);

export function isTitle(word: string): boolean {
  return titles.has(plain(word));
}

export function isCompany(word: string): boolean {
  const letters = word.replaceAll(/[^\p{L}]/gu, '');
  return companyForm.test(letters) || ofCompanies.has(wordKey(letters));
}

/** Whether a name with this word, wherever it stands, is a group's, a program's, or a function's. */
export function isOfNobody(word: string): boolean {
  // `AnnBot` is two words.
  const pieces = [word, ...piecesOf(word), ...word.split(/(?<=\p{Ll})(?=\p{Lu})/u)].map(wordKey);
  return joined.test(word) || pieces.some((piece) => ofNobody.has(piece) || compound.test(piece));
}

/** Whether a name that begins with this word does not begin with a first name. */
export function isNoBeginning(word: string): boolean {
  return [plain(word), ...piecesOf(word).map(wordKey)].some((piece) =>
    [titles, particles, beginnings].some((words) => words.has(piece)),
  );
}

export function isParticle(word: string): boolean {
  return particles.has(plain(word));
}

export function isConjunction(word: string): boolean {
  // A single capital letter is an initial, with or without its period.
  return conjunctions.has(plain(word)) && !isParticle(word) && !/^\p{Lu}\.?$/u.test(word);
}

/** `No-Reply` has two pieces, and so has `L’équipe`. */
function piecesOf(word: string): string[] {
  return word.split(/[^\p{L}\p{M}\u200c\u200d]/u);
}

function plain(word: string): string {
  return wordKey(word).replaceAll(/[^\p{L}]/gu, '');
}
