/** Names of invented people, each with its spelling for an email address. */
export interface NameStock {
  given: readonly (readonly [string, string])[];
  family: readonly (readonly [string, string])[];
  familyFirst?: boolean;
}

export const nameStocks: readonly NameStock[] = [
  {
    given: [
      ['Maribel', 'maribel'],
      ['Tobin', 'tobin'],
      ['Wren', 'wren'],
      ['Ellis', 'ellis'],
      ['Odessa', 'odessa'],
      ['Desmond', 'desmond'],
    ],
    family: [
      ['Quillfeather', 'quillfeather'],
      ['Ashdown', 'ashdown'],
      ['O’Tarragon', 'otarragon'],
      ['Brambleby', 'brambleby'],
      ['Thistlewood', 'thistlewood'],
      ['Marlowe-Finch', 'marlowe-finch'],
    ],
  },
  {
    given: [
      ['Jörg', 'joerg'],
      ['Annegret', 'annegret'],
      ['Lutz', 'lutz'],
      ['Käthe', 'kaethe'],
    ],
    family: [
      ['Möwenstein', 'moewenstein'],
      ['Grünkern', 'gruenkern'],
      ['Straßburger-Lohe', 'strassburger-lohe'],
      ['Habersack', 'habersack'],
    ],
  },
  {
    given: [
      ['Łucja', 'lucja'],
      ['Bożydar', 'bozydar'],
      ['Zdzisława', 'zdzislawa'],
      ['Wacław', 'waclaw'],
    ],
    family: [
      ['Świetlicka', 'swietlicka'],
      ['Brzoźniak', 'brzozniak'],
      ['Chrząszczewski', 'chrzaszczewski'],
      ['Jeżynowska', 'jezynowska'],
    ],
  },
  {
    given: [
      ['Itziar', 'itziar'],
      ['Ñusta', 'nusta'],
      ['Saúl', 'saul'],
      ['Belén', 'belen'],
      ['Íñigo', 'inigo'],
    ],
    family: [
      ['Peñalosa Ruibal', 'penalosa'],
      ['Zubizarreta', 'zubizarreta'],
      ['Quiñónez', 'quinonez'],
      ['Valdehoya', 'valdehoya'],
    ],
  },
  {
    given: [
      ['Сеня', 'senya'],
      ['Любава', 'lyubava'],
      ['Тихон', 'tikhon'],
      ['Злата', 'zlata'],
    ],
    family: [
      ['Подорожник', 'podorozhnik'],
      ['Звонарь', 'zvonar'],
      ['Ромашко', 'romashko'],
      ['Снегирёв', 'snegiryov'],
    ],
  },
  {
    given: [
      ['Ευτέρπη', 'efterpi'],
      ['Φώτης', 'fotis'],
      ['Χρυσούλα', 'chrysoula'],
    ],
    family: [
      ['Θαλασσινός', 'thalassinos'],
      ['Πετραλιά', 'petralia'],
      ['Ανεμογιάννη', 'anemogianni'],
    ],
  },
  {
    given: [
      ['美月', 'mizuki'],
      ['颯太', 'sota'],
      ['つむぎ', 'tsumugi'],
      ['蓮', 'ren'],
    ],
    family: [
      ['白樺', 'shirakaba'],
      ['夜久野', 'yakuno'],
      ['葛葉', 'kuzunoha'],
    ],
    familyFirst: true,
  },
  {
    given: [
      ['سلمى', 'salma'],
      ['زياد', 'ziad'],
      ['ليان', 'layan'],
    ],
    family: [
      ['البستاني', 'albustani'],
      ['النحّاس', 'alnahhas'],
      ['الشاطئ', 'alshati'],
    ],
  },
  {
    given: [
      ['Şebnem', 'sebnem'],
      ['İlkay', 'ilkay'],
      ['Çağrı', 'cagri'],
    ],
    family: [
      ['Gümüşdere', 'gumusdere'],
      ['Yıldıztepe', 'yildiztepe'],
      ['Öztürkmen', 'ozturkmen'],
    ],
  },
  {
    given: [
      ['Hạnh', 'hanh'],
      ['Đức', 'duc'],
      ['Thuỷ', 'thuy'],
    ],
    family: [
      ['Nguyễn Lê', 'nguyen-le'],
      ['Trịnh', 'trinh'],
      ['Đoàn', 'doan'],
    ],
    familyFirst: true,
  },
  {
    given: [
      ['Adaeze', 'adaeze'],
      ['Temitọpẹ', 'temitope'],
      ['Kwabena', 'kwabena'],
    ],
    family: [
      ['Okonjo-Bright', 'okonjo-bright'],
      ['Adébáyọ̀', 'adebayo'],
      ['Boaduwaa', 'boaduwaa'],
    ],
  },
  {
    given: [
      ['Guðrún', 'gudrun'],
      ['Þórhallur', 'thorhallur'],
      ['Sæunn', 'saeunn'],
    ],
    family: [
      ['Ævarsdóttir', 'aevarsdottir'],
      ['Hrafnkelsson', 'hrafnkelsson'],
      ['Sólbjartsdóttir', 'solbjartsdottir'],
    ],
  },
];
