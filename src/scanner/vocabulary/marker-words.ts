import { plain, words } from './words.ts';

/** Words that say of themselves that something is not meant: as whole words, never as parts. */
export const MARKERS: readonly string[] = words(`
  test tests testing tester testuser testaccount testing demo demos demouser dummy fake example sample placeholder
  foo foobar seed seeded mock qa e2e cypress playwright selenium sandbox prueba pruebas ejemplo teste testes exemplo
  beispiel muster probe exemple essai esempio prova voorbeeld przykład przykładowy testowy testowa testowe
  deneme örnek contoh percobaan uji esimerkki testi eksempel exempel příklad példa teszt primer
  тест тестовый тестовая тестовое пример демо 测试 示例 テスト サンプル 테스트 샘플 thử thửnghiệm
`);

/** Those that people bear as a family name, or that are words of daily life in some language. */
export const AMBIGUOUS_MARKERS: ReadonlySet<string> = new Set(
  words(
    'muster probe prova sample tester testi primer essai thử seed mock uji demos bar testa fake qa',
  ),
);

/** Words for whoever uses something, which say nothing about a person. */
export const GENERIC: readonly string[] = words(`
  user users usr account acct acc admin administrator customer client member person people guest student teacher
  patient doctor employee manager staff agent buyer seller vendor driver author editor viewer subscriber owner
  operator moderator support contact lead candidate profile player tenant company org merchant email mail name
  usuario usuaria cliente clienta persona paciente empleado alumno estudiante miembro vendedor comprador contacto
  utilizador pessoa funcionario aluno membro contato utilisateur utilisatrice client personne eleve employe
  membre benutzer nutzer kunde kundin mitarbeiter mitglied schueler schüler patient person utente dipendente
  gebruiker klant medewerker lid użytkownik uzytkownik klient pracownik bruker kunde ansatt användare anvandare
  kund käyttäjä asiakas felhasználó felhasznalo ügyfél uzivatel uživatel zakaznik utilizator kullanıcı kullanici
  müşteri musteri hasta öğrenci ogrenci calisan çalışan pengguna pelanggan pasien siswa karyawan nasabah
  пользователь клиент сотрудник студент 用户 客户 会员 ユーザー 顧客 사용자 회원 nguoidung khachhang
`);

/** Those that firms have real mailboxes for. */
export const OFFICES: ReadonlySet<string> = new Set(
  words(`
    support contact staff agent driver operator editor manager admin administrator moderator teacher doctor author
    owner lead company org merchant mail email name vendor contacto contato medewerker mitarbeiter pracownik`),
);

/** Rows of the keyboard, and what fingers do on it. */
export const MASH: readonly string[] = words(`
  asdf asdfg asdfgh asdfghj asdfghjkl asdasd asdsad asdad qwer qwert qwerty qwertz azerty qweqwe zxcv zxcvb zxcvbn
  qazwsx wasd sdf sdfsdf dsfsdf fdsa fgh fghj hjkl jkl jkljkl dfg dfgdfg xcvxcv qwe asd zxc lkj poiu poi uiop ghj
  blah blabla blahblah bla xyzzy aaa aaaa aaaaa bbb bbbb ccc xxx xxxx xxxxx yyy zzz zzzz abc abcd abcde abcdef
  abc123 xyz xyz123 foo123 test123 1234 12345 123456
`);

/** Those of scripts that put no spaces between words. */
export const UNSPACED_WORDS =
  '(测试|示例|用户|客户|会员|テスト|サンプル|ユーザー|顧客|テスター|테스트|샘플|사용자|회원)';

const UNSPACED = new RegExp(UNSPACED_WORDS, 'gu');

/** Lower case, without accents, with spaces around the words of scripts that write none. */
export function spacedWords(text: string): string {
  return plain(text).replaceAll(UNSPACED, ' $1 ').trim();
}
