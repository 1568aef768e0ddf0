import type { ColumnRole } from '../column-role.ts';
import { wordList } from './name-words.ts';

export interface RoleWords {
  readonly role: ColumnRole;
  /** Words of a column's name; several joined by `+` have to follow each other. */
  readonly words: readonly string[];
  /** Words that make it something else: `email_verified_at`. */
  readonly not: readonly string[];
}

/** Words that turn any name into a fact about the thing, and not the thing. */
const ABOUT = `verified verify verification confirmed confirm count counts sent status type kind template
  enabled disabled notification notifications preference preferences opt optin valid validated required length
  format label attempts expires expiry expired changed reset last+login is has allow frequency provider bounced
  digest+frequency score rank order index hint`;

function roleWords(role: ColumnRole, words: string, not = ''): RoleWords {
  return { role, words: wordList(words), not: wordList(`${ABOUT} ${not}`) };
}

/**
 * How columns are called, in many languages. The first that fits wins, so the special ones come first.
 * Words are as `nameWords` gives them: in lower case, without accents.
 */
export const ROLE_WORDS: readonly RoleWords[] = [
  roleWords(
    'email',
    `email e+mail mail emailaddress mailaddress correo courriel courrier+electronique epost e+post eposta
     e+posta sahkoposti mejl surel posta+elettronica pochta poczta adres+email mailadresse mailadres
     邮箱 电子邮件 郵箱 メール メールアドレス 이메일 почта емейл имейл`,
    'subject body server host list message template text content port',
  ),
  roleWords(
    'given-name',
    `first+name firstname fname given+name givenname forename vorname prenom nombre+pila primer+nombre
     primeiro+nome nome+proprio voornaam imie fornavn fornamn etunimi keresztnev prenume imya name+first
     nama+depan 名 имя 名前`,
    'last apellido',
  ),
  roleWords(
    'family-name',
    `last+name lastname lname family+name familyname surname sname nachname familienname nom+famille
     apellido apellidos sobrenome cognome achternaam nazwisko etternavn efternamn efternavn sukunimi vezeteknev
     nume+familie soyad soyadi familiya priezvisko prijmeni nama+belakang 姓 фамилия`,
  ),
  roleWords(
    'username',
    `username user+name login nick nickname handle screen+name screenname usuario utilisateur benutzername
     benutzer utilizador utente gebruikersnaam uzytkownik brukernavn anvandarnamn kullanici+adi logon
     yonghuming 用户名 логин user+login login+name account+name`,
    'password date time ip token id',
  ),
  roleWords(
    'password',
    `password passwd pwd pw psw passw pass pass+hash pw+hash pwd+hash pass+word parol parole passcode hashed+pw
     crypted+pass clave+acceso password+hash passwordhash hashed+password encrypted+password
     password+digest pwhash contrasena contrasenia clave senha mot+de+passe motdepasse mdp passwort kennwort
     haslo parola sifre wachtwoord losenord adgangskode passord salasana jelszo heslo kata+sandi katasandi
     mat+khau matkhau mima 密码 パスワード 비밀번호 пароль crypted+password secret+hash user+pass`,
    'token salt created updated strength policy history question port boarding bus season number code',
  ),
  roleWords(
    'card',
    `card+number cardnumber card+no pan credit+card creditcard cc+number ccnumber tarjeta
     numero+tarjeta carte+bancaire kartennummer kreditkarte numero+cartao cartao numer+karty kart+no 卡号
     last+four last4 card+last`,
    'id member library loyalty gift business report holder sim',
  ),
  roleWords(
    'iban',
    `iban bank+account account+iban cuenta+bancaria compte+bancaire kontonummer nrb`,
    'id',
  ),
  roleWords(
    'national-id',
    `ssn social+security cpf cnpj dni nif nie curp rfc codice+fiscale pesel bsn cpr personnummer fodselsnummer
     hetu tckn tc+kimlik tax+id taxid steuernummer steuer+id vat+number national+id nationalid nin passport+number
     id+card cccd cmnd nik 身份证 siret siren inn snils aadhaar pan+number`,
  ),
  roleWords(
    'phone',
    `phone cellulare cellulari telephone tel telefon telefono telefone mobile mobil movil celular cell cellphone handy
     handynummer gsm fax whatsapp telefoon puhelin telefonnummer tlf nomor+telepon telepon no+hp nohp hp
     so+dien+thoai dien+thoai sdt shouji dianhua 电话 手机 電話番号 전화 телефон phonenumber phone+number
     contact+number msisdn`,
    'model brand app os version device platform carrier',
  ),
  roleWords('ip', 'ip ip+address ipaddress ipaddr remote+addr remote+address client+ip ip4 ip6'),
  roleWords(
    'address',
    `address address+line address1 addr street streetaddress street+address direccion calle domicilio
     endereco rua logradouro adresse strasse strassenname rue indirizzo adres ulica straat gate gatuadress
     osoite cim adresa dia+chi diachi alamat dizhi 地址 住所 주소 адрес улица`,
    'id email mail mac city state zip country wallet ip web url line+2',
  ),
  roleWords(
    'city',
    `city town ciudad cidade ville stadt ort citta miasto plaats stad kota sehir thanh+pho
     城市 город`,
    'id code',
  ),
  roleWords(
    'company',
    `company companyname company+name organization organisation org organisation+name employer firm business+name
     empresa razon+social razao+social societe entreprise raison+sociale firma firmenname azienda ragione+sociale
     bedrijf yritys foretag virksomhed sirket perusahaan cong+ty gongsi 公司 会社 компания`,
    'id code size',
  ),
  roleWords(
    'url',
    `url uri website web+site homepage link avatar avatar+url image image+url img photo photo+url picture
     profile+image profile+picture sitio+web site+internet webseite foto thumbnail logo banner`,
    'id alt width height size title',
  ),
  roleWords(
    'token',
    `token api+key apikey secret secret+key access+key stripe+customer stripe+id customer+ref provider+ref
     charge+id payment+intent transaction+id external+id reference+id session+id client+secret auth+token
     remember+token stripe+customer+id payment+method`,
    'count type',
  ),
  roleWords(
    'text',
    `description descripcion descricao beschreibung descrizione omschrijving opis kuvaus beskrivelse aciklama
     bio biography about message mensaje mensagem nachricht messaggio bericht wiadomosc mesaj pesan body content
     contents contenido conteudo contenu inhalt contenuto text texto texte testo tekst comment comments comentario
     commentaire kommentar commento komentarz yorum komentar notes note notas notiz notizen remark remarks
     observaciones observacoes review feedback summary details detail memo reason caption answer question
     excerpt noi+dung mo+ta 内容 备注 描述 留言 本文 내용 сообщение описание комментарий opmerking`,
    'id url hash lang color tag',
  ),
  roleWords(
    'title',
    `title titulo titre titel titolo tytul baslik judul subject asunto assunto sujet betreff oggetto onderwerp
     temat headline heading product+name productname item+name produkt produto producto produit prodotto
     bezeichnung libelle designation tieu+de 标题 商品名 件名 제목 заголовок project+name event+name topic label`,
    'id job',
  ),
  roleWords(
    'name',
    `full+name fullname name+full display+name displayname real+name nombre+completo nome+completo nom+complet
     vollstandiger+name nome+cognome ho+ten hoten nama+lengkap nama namalengkap xingming 姓名 氏名 이름 фио fio
     contact+name customer+name client+name patient+name name+on+card holder+name cardholder kundenname
     author+name sender+name recipient+name nome nombre name nom naam navn namn nazwa nimi isim ad+soyad adsoyad
     imie+nazwisko nev nume jmeno student+name employee+name member+name user+full+name contact kontakt contacto
     author receiver+name driver+name doctor+name owner+name ansprechpartner`,
    'id file host table column schema domain path method event job class',
  ),
];

export const CREATED_WORDS: readonly string[] = wordList(`
  created created+at createdat created+on createdon create+time createtime create+date creation+date created+date
  date+created date+joined joined joined+at joined+on registered registered+at registered+on registration+date
  signup+date signed+up+at inserted+at inserted added+at date+added creado creado+en fecha+creacion fecha+alta
  fecha+registro alta criado+em data+criacao data+cadastro cadastrado+em erstellt erstellt+am angelegt+am
  registriert+am erstellungsdatum cree+le date+creation date+inscription creato+il data+creazione
  data+registrazione aangemaakt aangemaakt+op utworzono data+utworzenia utworzony opprettet skapad oprettet
  luotu olusturulma+tarihi kayit+tarihi dibuat+pada tanggal+dibuat ngay+tao chuangjian+shijian 创建时间 作成日時
  создано дата+регистрации vytvoreno letrehozva date+ajout started+at paid+at ordered+at placed+at sent+at
  published+at posted+at order+date opened+at issued+at booked+at time timestamp date ctime crdate data fecha datum
`);

export const ROLE_COLUMN_WORDS: readonly string[] = wordList(`
  role roles rol rolle ruolo papel perfil profil+type user+role userrole user+type usertype account+type
  accounttype tipo+usuario typ+uzytkownika rola peran vai+tro juese 角色 роль authority authorities privilege
  admin is+admin isadmin es+admin administrator is+superuser superuser is+super is+staff staff is+root
  access+level group+name permission permissions`);

export const FLAG_WORDS: readonly string[] = wordList(`
  is+test istest test is+demo isdemo demo is+fake fake is+sample sample is+seed seed seeded is+dummy dummy
  is+sandbox sandbox is+internal+test livemode live+mode test+mode testmode test+account testaccount
  demo+account environment env is+mock mock es+prueba es+demo is+placeholder is+example`);
