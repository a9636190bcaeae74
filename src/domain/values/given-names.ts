import { wordKey, wordSet } from './word-key.ts';

/**
 * First names that are rarely a family name, a place, a brand, or a word. An agent whose first name is missing here is
 * still called by it if the rest of the name, or the address, leaves no doubt.
 */
const given = wordSet(`
  aaron abby abigail adam adrian agnes agnieszka aisha alan alejandra alejandro alessandra alessandro alessia alexandra
  alfonso alice alicia alina alison allison amanda amber amelie amina amir amy ana anais andrea andreas andrei andrew
  andrzej andy angela angelika anita anja anke ann anna annabel annalisa anne anneke annette annie annika antje antoine antonella
  antonia antonio anton aoife april arianna armando arnaud arthur ashley astrid attila audrey aurelie ayse barbara bartosz
  bastian beata beatrice beatriz becky ben benedikt benjamin benoit bernadette bernd bettina beth betty bianca birgit bjorn bob
  bogdan brad brandon brenda brian bridget britta bruno bryan camila camille candice carina carl carla carlo carlos carmen carol
  carole carolin carolina caroline cassandra caterina catherine cathy cecile cecilia celia celine chantal chiara chris
  christa christelle christiane christina christine christoph christophe christopher cindy claire clara claudia claudio
  clemens clement colette colin connie conor corinna corinne cornelia cristian cristina cynthia daisy damien dan dana daniela
  daniel daniele danielle danny daria darren dave david davide dawn deborah debbie debra deepa deepak delphine denise deborah derek diana diane
  diego dieter dimitri dirk dmitri dmitry dmytro dominik dominique donna dora doreen doris dorothea dorothy dorota doug
  ed eddie edith edoardo eduardo edyta eileen elaine elena eleanor eleonora eli elif eliana elias elisa elisabeth elise eliza
  elizabeth elke ella ellen elodie elsa elvira emanuele emilia emilie emily emma emmanuelle enrico enrique erica erik erika erin
  ernesto erzsebet esther etienne eugenia eva evelyn ewa fabian fabien fabio fabrizio fatima federica federico felicia felicity
  felipe felix ferenc fernanda fernando filip filippo fiona flavia florian francesca francesco francine francisca francisco
  francois francoise franziska fred freddie frederic frederik frieda gabor gabriela gabriele gabriella gabrielle gaelle gail
  gareth gary gavin genevieve georgina gerald gerd gerhard gertrude giacomo gianluca gianni gillian gina giorgia
  giorgio giovanna giovanni gisela giulia giuseppe giuseppina gloria gonzalo grazia greg greta guido guillaume guillermo gunther
  gustavo hannah hanna hannes hans harriet hassan hector heidi heike heiko heinrich helen helena helene helga helmut hendrik
  henrik henrike herbert hilary hilda holger horst hugo ian ida ignacio igor ildiko ilona ilse imogen ina ines inga inge ingrid
  irena irene irina irma isaac isabel isabella isabelle istvan ivana ivonne jacek jackie jacqueline jaime jakub jan jana
  jane janet janice janine janos jaqueline jasmin jasmine javier jeanette jeanne jeff jennifer jenny jens jeremy jerome jerry
  jessica jessie jill jim jimmy jo joachim joan joana joanna joanne joao jochen jodie joe joel johanna johannes jonas jonathan
  jorg jorge jose josefina josephine josh joshua juan juana judith judy julia julian juliana julie julien juliet julieta juliette
  julio jurgen justine justyna jutta kai karen karin karina karl karla karsten kasia katalin katarina katarzyna kate katerina
  katharina katherine kathleen kathrin kathryn kathy katie katja katrin katy kelvin ken kenneth kerstin kevin kiran kirsten klara
  klaus krisztina kristen kristian kristin kristina kristof krystyna krzysztof larry lars laszlo laura laure laurence lea leah
  leandro lena leonardo leonie leonor leslie leticia liam lidia liesbeth lilian liliana lilly lily linda lindsay lindsey lionel
  lisa lise lizzie lorena lorenzo loretta lori louise luca lucia luciana luciano lucie lucile lucinda lucy ludmila ludovic luigi
  luis luisa luise luiz lukas luke lutz lydia lynn maciej maddie magdalena maggie magnus maja malgorzata malte mandy manon manuela
  marc marcel marcela marcelo marcin marco marcus mareike margaret margarita margit margot marguerite maria marian mariana marie
  marina mario marion marisa marjorie mark marko markus marlene marta martha martina mary marzena massimo mateo mateusz mathias
  mathieu mathilde matt matteo matthew matthias matthieu maureen maurizio max maxime meera megan melanie melinda melissa mercedes
  mia michael michal michaela michele michelle miguel mike mikhail mila milena miriam mirjam mohammed mohamed monica monika monique
  muhammad muriel nadia nadine nadja nancy naomi natalia natalie natalya natasha nathalie nathan neil nick nicky nicola
  nicole nicolas nigel niklas nikola nikolai nils nina noah noel noemi nora norbert norma olaf oleg olga olivia olivier oscar
  oskar otto pablo pamela paola paolo pascal pascale patricia patrick patrizia pauline pavel pawel pedro peggy penelope penny
  petra phil philip philipp philippe phoebe pierre pilar piotr priscilla priya rachel radek rafael raffaella rahul rainer rajesh
  ralf ramona raphael raquel raul rebecca regina reinhard renata renate rene ricardo riccardo richard rita rob robert roberta
  roberto robin rodrigo roger roland rolf romain ron ronald rosa rosalie rosie roswitha roxanne ruben rudiger rudolf rupert ruth
  sabine sabrina salvatore sam samantha samuel sandra sandrine sanjay sara sarah sascha sean sebastian sebastien serena serge
  sergei sergey sergio severine shannon sharon sheila shirley sigrid silke silvia silvio simona simone sofia sofie solene sonia
  sonja sophia sophie stacey stefan stefania stefanie stefano steffen stella stephanie stephane stephen steve steven stuart sue
  susan susana susanna susanne suzanne svenja svetlana sven sylvia sylvie tamara tania tanja tara tatiana ted teresa terry tess
  thea theresa therese thibault thierry thorsten tiffany tim timothy tina tobias todd tom tomas tomasz toni tony tracey tracy
  ulrich ulrike ursula ute uwe valentina valeria valerie vanessa vera veronica veronika veronique vicky viktor viktoria
  vincenzo virginie vito vittoria viviana vivian vladimir wanda wendy werner wiebke wilhelm wojciech wolfgang xavier yannick
  yasmin yolanda yuri yvette yvonne zoe zofia zoltan zsofia zsolt zsuzsanna
  анна анастасия александр александра алексей алексеи алена алина алиса алла андрей антон антонина артем борис вадим валентин
  валентина валерий валерия василий вера виктор виктория виталий владимир владислав галина георгий григорий дарья денис дмитрий
  евгений евгения егор екатерина елена елизавета иван игорь илья инна ирина карина кирилл константин кристина ксения лариса лидия
  любовь людмила максим маргарита марина мария михаил надежда наталия наталья николай никита оксана олег олександр олена ольга
  павел петр полина роман светлана сергей снежана софия станислав степан тамара татьяна федор юлия юрий яна ярослав
  μαρια ελενη κατερινα γιωργος γιαννης δημητρης κωστας νικος σοφια αννα βασιλης
  أحمد محمد محمود مصطفى حسن حسين علي عمر خالد يوسف إبراهيم فاطمة مريم عائشة زينب نورة سارة ليلى هدى منى ياسمين خديجة سلمى رانيا
  דנה מאיה נועה יעל תמר שרה רחל מיכל אורית גלית דוד יוסף משה אבי איתי יונתן
  अनीता सुनीता प्रिया पूजा नेहा राहुल राजेश अमित संजय विजय सुरेश रमेश दीपक
  สมชาย สมหญิง สมศักดิ์ สุดา มานี
`);

/** First names that are also family names: they do not show which word comes first. */
const alsoFamily = wordSet(`
  alexander ali albert alexis adele andre anthony arnold barry carter charles cameron chad christian connor dean dennis
  dominic douglas dylan edward eric ernst ethan evan francis frank franz garry gerard george glenn gordon graham grace harry harvey
  henry howard jack jacob jake james jason jean joey john jon joseph josef joyce justin karim keith kerry kyle lance laurent
  lawrence leon leonard lewis logan louis lucas manuel marcos martin marvin maurice melvin mitchell morgan murray nathaniel nelson
  nicholas norman oliver omar owen patrice paul perry peter ralph ray raymond reid rose ross roy russell ryan salma sandy scott
  sidney simon sofian spencer stanley stefanos stewart sunil taylor theo thomas travis trevor troy vernon vincent wallace walter
  warren wayne wesley william wolf wyatt zachary ahmed
  hassan علي حسن حسين محمود عمر يوسف إبراهيم דוד יוסף משה роман
`);

/** Whether the word is a well-known first name. */
export function isGivenName(word: string): boolean {
  const parts = partsOf(word);
  return parts.every((part) => given.has(part) || alsoFamily.has(part));
}

/** Whether the word is a well-known first name that is rarely a family name. */
export function isOnlyGivenName(word: string): boolean {
  return isGivenName(word) && !partsOf(word).every((part) => alsoFamily.has(part));
}

/** `Jean-Luc` has two parts. */
function partsOf(word: string): string[] {
  return wordKey(word).split(/[-\u2010-\u2015]/u);
}
