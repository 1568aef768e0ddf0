import { phrases } from './words.ts';

/** What people write when they write nothing, as whole texts, in many languages; a number may follow. */
export const TEST_TEXTS: readonly string[] = phrases(`
  test; tests; testing; testing testing; test test; test test test; testtest; test message; test comment;
  test post; test article; test note; test ticket; test order; test review; test product; test item;
  test event; test project; test task; test title; test subject; test description; test content; test text;
  test data; test bio; test course; test category; test payment; test transaction; test entry; test record;
  test report; test campaign; test listing; test document; test invoice; a test; just a test; just testing;
  only a test; this is a test; this is only a test; this is just a test; this is a test message;
  this is a test post; this is a test comment; this is a test product; this is a test order;
  this is a test description; this is a demo; this is a sample; this is a sample post;
  this is a sample description; this is some sample text; this is dummy text; sample; sample text;
  sample post; sample message; sample comment; sample product; sample item; sample description;
  sample project; sample task; sample event; sample article; sample title; sample order; sample course;
  sample data; sample content; sample review; sample bio; sample user bio; demo; demo product; demo item;
  demo post; demo project; demo task; demo message; demo order; demo event; demo course; demo article;
  demo data; demo content; demo description; demo account; demo user; demo report; demo listing; dummy;
  dummy text; dummy data; dummy product; dummy post; dummy description; dummy message; dummy content;
  example; example post; example product; example text; example description; example project; example task;
  example message; example item; fake product; fake review; fake data; foo; bar; baz; foo bar; foobar;
  foo bar baz; placeholder; placeholder text; placeholder description; lorem; lorem ipsum; blah; blah blah;
  blah blah blah; bla bla; bla bla bla; asdf; asdf asdf; asdfasdf; asdasd; asdasdasd; qwerty; qwe; qweqwe;
  sdfsdf; dsfsdf; fdsfds; hjkl; aaa; aaaa; xxx; xxxx; abc; abcd; testing 123; testing 1 2 3; test 123;
  testing one two three; some text; some description; some content; some title; your text here;
  text goes here; description goes here; content goes here; write something here; insert text here;
  seed data; seeded; seed; mock data; todo; product description; post content; message content;
  hello from seed; prueba; pruebas; una prueba; esto es una prueba; esta es una prueba; solo una prueba;
  mensaje de prueba; este es un mensaje de prueba; texto de prueba; comentario de prueba; producto de prueba;
  producto de ejemplo; pedido de prueba; descripción de prueba; descripción de ejemplo; texto de ejemplo;
  título de prueba; curso de prueba; publicación de prueba; probando; probando probando; teste; testes;
  isto é um teste; este é um teste; isso é um teste; apenas um teste; mensagem de teste; texto de teste;
  produto de teste; produto teste; produto exemplo; pedido de teste; pedido teste; comentário de teste;
  descrição de teste; descrição do produto; postagem de teste; ceci est un test; message de test;
  texte de test; produit test; produit de test; commentaire de test; commande test; commande de test;
  article de test; description de test; ceci est un exemple; exemple; essai; dies ist ein test;
  das ist ein test; nur ein test; testnachricht; testprodukt; testartikel; testbestellung; testkommentar;
  testeintrag; testbeitrag; testprojekt; beispieltext; beispielprodukt; beispielartikel; musterprodukt;
  musterartikel; beispiel; blindtext; questo è un test; questa è una prova; messaggio di prova;
  messaggio di test; prodotto di prova; prodotto di test; prodotto di esempio; testo di prova;
  ordine di prova; dit is een test; testbericht; testproduct; voorbeeldproduct; voorbeeldtekst; to jest test;
  to jest wiadomość testowa; wiadomość testowa; produkt testowy; przykładowy produkt; przykładowy opis;
  przykładowy tekst; komentarz testowy; zamówienie testowe; test testowy; dette er en test; testmelding;
  testprodukt; det här är ett test; testmeddelande; exempeltext; tämä on testi; testituote; ez egy teszt;
  teszt; teszt termék; toto je test; testovací zpráva; bu bir test; bu bir testtir; bu bir deneme;
  bu bir test mesajıdır; test mesajı; test ürünü; deneme; deneme mesajı; deneme ürünü; örnek ürün;
  örnek metin; это тест; тест; тестовое сообщение; это тестовое сообщение; тестовый товар; тестовый заказ;
  тестовый комментарий; тестовая запись; тестовое описание; проверка; пример; пример текста; привет мир;
  ini adalah tes; ini tes; ini hanya tes; ini adalah pesan percobaan; tes; coba; coba coba; pesan tes;
  pesan percobaan; produk contoh; contoh produk; produk tes; produk uji coba; đây là bài test;
  đây là tin nhắn thử; thử nghiệm; tin nhắn thử; sản phẩm mẫu; sản phẩm test; sản phẩm thử nghiệm;
  nội dung mẫu; mô tả sản phẩm; 测试; 测试测试; 这是一个测试; 这是测试; 测试消息; 测试商品; 测试产品; 测试内容; 测试订单; 测试数据; 示例商品; 示例产品; テスト;
  テストです; これはテストです; テストメッセージ; テスト商品; テスト投稿; サンプル; サンプル商品; サンプルテキスト; 테스트; 테스트입니다; 테스트 메시지; 테스트 상품; 샘플 상품
`);

/** First words that people write, seeds and beginners alike. */
export const BEGINNINGS: readonly string[] = phrases(`
  hello world; hello world!; hello, world; hello, world!; my first post; first post; my first blog post;
  my first article; second post; third post; my second post; welcome to my blog; hola mundo; hola mundo!;
  olá mundo; bonjour le monde; hallo welt; ciao mondo; hallo wereld; witaj świecie; merhaba dünya;
  halo dunia; xin chào thế giới; 你好世界; 你好，世界; こんにちは世界; 안녕 세상
`);

/** Of those things the ones that are also numbered in earnest: `Lesson 3`, `Order 1042`. */
export const COUNTED_THINGS: ReadonlySet<string> = new Set(
  phrases(`
  category; task; event; course; order; ticket; message; review; note; lesson; book; document; campaign; project; tarea;
  evento; curso; pedido; tarefa; tâche; cours; aufgabe; veranstaltung; zadanie; görev; задача; tugas; projet;
  projeto; proyecto; projekt; progetto; proje; проект
`),
);

/** Things that get a number or a letter when nobody thinks of a name: `Product 1`, `Item B`. */
export const NUMBERED_THINGS: readonly string[] = phrases(`
  product; item; post; article; project; task; event; course; category; order; ticket; title; message;
  comment; review; note; test; demo; sample; example; description; lesson; book; document; campaign; listing;
  widget; thing; article de blog; producto; artículo; proyecto; tarea; evento; curso; pedido; produto;
  artigo; projeto; tarefa; produit; projet; tâche; évènement; cours; produkt; artikel; projekt; aufgabe;
  veranstaltung; beitrag; prodotto; articolo; progetto; product-test; produkt testowy; zadanie; wpis; ürün;
  proje; görev; товар; продукт; проект; задача; статья; produk; artikel; barang; tugas; sản phẩm; bài viết;
  商品; 产品; 製品; 상품
`);
