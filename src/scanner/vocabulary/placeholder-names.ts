import { phrases } from './words.ts';

/** Names that stand for anybody, by country. Nobody, or hardly anybody, bears them. */
export const PLACEHOLDER_NAMES: readonly string[] = phrases(`
  john doe; jane doe; johnny doe; janie doe; jon doe; jonh doe; john q public; john q. public; joe public;
  joe bloggs; fred bloggs; jane bloggs; jane roe; richard roe; joe sixpack; joe schmoe; joe average;
  john deer; doe john; doe jane; max mustermann; erika mustermann; maxine mustermann; maria mustermann;
  moritz mustermann; mustermann max; max musterfrau; erika musterfrau; petra musterfrau; lieschen müller;
  otto normalverbraucher; hans mustermann; fulano de tal; fulana de tal; fulano; fulano da silva;
  fulano silva; beltrano; beltrano de tal; beltrano da silva; sicrano; ciclano; ciclano de tal; mengano;
  mengano de tal; zutano; perengano; perico de los palotes; juan nadie; juan de los palotes; zé ninguém;
  jean neymar; monsieur dupont test; madame tout le monde; monsieur tout le monde; jan modaal;
  jan met de pet; jan janssen test; ola nordmann; kari nordmann; medel svensson; sven svensson test;
  matti meikäläinen; maija meikäläinen; gipsz jakab; teszt elek; minta elek; minta mária; vasya pupkin;
  вася пупкин; василий пупкин; иван иванов иванович; иванов иван иванович; ali veli; foo bar; foo baz;
  bar baz; foobar; lorem ipsum; first last; first name; last name; firstname lastname; first name last name;
  first_name last_name; name surname; name lastname; your name; full name; user name; some name; some one;
  some body; no name; noname; any one; nombre apellido; nombre apellidos; nome sobrenome; nome cognome;
  vorname nachname; prénom nom; nom prénom; voornaam achternaam; imię nazwisko; имя фамилия; ad soyad;
  nama lengkap; họ tên; tên người dùng; 张三; 李四; 王五; 赵六; 张三丰测试; zhangsan; lisi; wangwu; zhang san; 山田太郎;
  山田 太郎; 山田花子; 山田 花子; 홍길동; gil-dong hong; gildong hong; hong gildong; hong gil dong; hong gil-dong; 김철수; 김영희;
  nguyễn văn a; nguyễn văn b; nguyễn văn c; nguyễn văn x; nguyễn thị a; nguyễn thị b; nguyễn thị c;
  trần văn a; trần văn b; trần văn c; trần thị a; trần thị b; trần thị c; lê văn a; lê văn b; lê văn c;
  lê văn d; lê thị a; lê thị b; lê thị c; phạm văn c; phạm văn d; phạm thị d; hoàng văn e
`);

/** Names that stand for anybody and that some people really bear. */
export const COMMON_PLACEHOLDERS: readonly string[] = phrases(`
  juan pérez; juana pérez; juan dela cruz; juan de la cruz; maria dela cruz; mario rossi; giuseppe verdi;
  jean dupont; jean dupond; marie dupont; jan kowalski; anna kowalska; adam kowalski; hans muster;
  maria muster; peter muster; anna muster; ivan ivanov; ivan petrov; petr petrov; petr ivanov; иван иванов;
  иванов иван; пётр петров; петров пётр; сидор сидоров; yamada taro; taro yamada; hanako yamada; tanaka taro;
  li si; wang wu; joão ninguém; jan jansen; piet pietersen; jan novák; jana nováková; josef novák;
  kovács jános; alice wonderland; bob builder; bob marley; charlie brown; charlie chaplin; eve adams;
  alice doe; bob doe; jim doe; jack doe; james doe; mary doe; test doe; super admin; super user; admin user;
  admin admin; system administrator; site admin; new user; regular user; normal user; basic user; guest user;
  guest; random user; random person; some user; unknown user
`);

/** What seed scripts, and language models asked for one, take first; many real people are called so. */
export const FAVOURITE_NAMES: readonly string[] = phrases(`
  john smith; jane smith; alice smith; alice johnson; alice brown; alice williams; alice cooper; alice chen;
  alice martin; bob smith; bob johnson; bob brown; bob williams; bob wilson; bob jones; bob martinez;
  bob davis; bob lee; charlie davis; charlie wilson; charlie smith; carol davis; carol white; carol williams;
  carol smith; dave smith; david brown; david wilson; david lee; david miller; david kim; diana prince;
  diana ross; emma wilson; emma davis; emma johnson; emily davis; emily johnson; emily brown; emily chen;
  eve wilson; eve davis; frank miller; frank castle; grace lee; henry wilson; jack smith; jack jones;
  james smith; james wilson; james brown; jessica taylor; lisa anderson; lisa wang; maría garcía;
  maría rodríguez; mary johnson; mary smith; michael brown; michael johnson; michael chen; mike johnson;
  mike smith; mike wilson; olivia brown; robert johnson; robert smith; sam smith; sam wilson; sarah johnson;
  sarah williams; sarah connor; sarah chen; sarah wilson; tom smith; tom wilson; john davis; john johnson;
  john wilson; jane johnson; jane wilson; carlos rodríguez; carlos lópez; maría gonzález; maría lópez;
  maría garcía; ana garcía; josé garcía; pedro sánchez; luis martínez; joão silva; joão da silva;
  maria silva; maria da silva; maria santos; maria oliveira; josé da silva; pedro santos; ana costa;
  carlos souza; pierre martin; marie martin; sophie martin; hans müller; anna müller; anna schmidt;
  thomas müller; peter müller; lukas müller; luigi bianchi; luigi verdi; giulia bianchi; anna rossi;
  ahmet yılmaz; mehmet yılmaz; ayşe yılmaz; ayşe demir; mehmet demir; budi santoso; siti aminah; andi wijaya;
  анна петрова; мария иванова; anna nowak; anna svensson; erik svensson; lars larsen; ole hansen
`);

/** Characters of films, books and games, as whole names that nobody is given. */
export const FICTION: readonly string[] = phrases(`
  homer simpson; marge simpson; bart simpson; lisa simpson; maggie simpson; ned flanders; montgomery burns;
  tony stark; bruce wayne; clark kent; peter parker; bruce banner; steve rogers; natasha romanoff;
  thor odinson; wade wilson; lois lane; lex luthor; barry allen; hal jordan; luke skywalker; leia organa;
  princess leia; han solo; darth vader; anakin skywalker; obi-wan kenobi; obi wan kenobi; boba fett; yoda;
  rey skywalker; kylo ren; harry potter; hermione granger; ron weasley; ginny weasley; albus dumbledore;
  severus snape; draco malfoy; tom riddle; frodo baggins; bilbo baggins; samwise gamgee; gandalf;
  gandalf the grey; aragorn elessar; legolas greenleaf; walter white; jesse pinkman; saul goodman;
  skyler white; jon snow; arya stark; sansa stark; ned stark; eddard stark; tyrion lannister;
  cersei lannister; jaime lannister; daenerys targaryen; sheldon cooper; leonard hofstadter; michael scott;
  dwight schrute; jim halpert; pam beesly; rick sanchez; morty smith; mickey mouse; minnie mouse;
  donald duck; daisy duck; bugs bunny; daffy duck; scooby doo; fred flintstone; wilma flintstone;
  barney rubble; peter griffin; eric cartman; spongebob squarepants; patrick star; bob esponja;
  sherlock holmes; james bond; jason bourne; indiana jones; ellen ripley; marty mcfly; emmett brown;
  john wick; john rambo; rocky balboa; thomas anderson neo; mario mario; super mario; luigi mario;
  lara croft; master chief; gordon freeman; geralt of rivia; geralt rivia; naruto uzumaki; sasuke uchiha;
  son goku; monkey d. luffy; monkey d luffy; santa claus; easter bunny; peter pan; robin hood; don quijote;
  don quixote; dr. who; captain america; jack sparrow; captain jack sparrow; forrest gump; willy wonka;
  michael corleone; vito corleone; tyler durden; jane austen test; barney stinson; ted mosby; chandler bing;
  joey tribbiani; monica geller; rachel green; ross geller; phoebe buffay; george costanza; jerry seinfeld;
  cosmo kramer; leslie knope; ron swanson; buzz lightyear; sheriff woody
`);

/** Names out of fiction or of the history of computers that real people may have too. */
export const FAMOUS: readonly string[] = phrases(`
  ada lovelace; alan turing; grace hopper; linus torvalds; dennis ritchie; ken thompson; bill gates;
  steve jobs; elon musk; mark zuckerberg; jeff bezos; albert einstein; isaac newton; marie curie;
  nikola tesla; leonardo da vinci; katherine johnson; margaret hamilton; tim berners-lee; donald knuth;
  edsger dijkstra; charles babbage; barack obama; donald trump; angela merkel; cristiano ronaldo;
  lionel messi; michael jackson; elvis presley; john lennon; paul mccartney; freddie mercury; taylor swift;
  brad pitt; tom hanks; tom cruise; keanu reeves; chuck norris; will smith; jackie chan; bruce lee
`);
