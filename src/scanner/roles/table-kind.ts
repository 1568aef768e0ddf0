import { nameWords, wordList } from './name-words.ts';

/** What the rows of a table are, by its name: people, firms, or things. */
export type TableKind = 'persons' | 'companies' | 'things';

const PERSONS = new Set(
  wordList(`
    user users account accounts customer customers client clients patient patients member members employee
    employees staff student students teacher teachers pupil contact contacts lead leads subscriber subscribers
    person persons people profile profiles author authors driver drivers guest guests donor donors candidate
    candidates applicant applicants player players doctor doctors agent agents owner owners tenant tenants
    attendee attendees participant participants volunteer volunteers instructor instructors citizen citizens
    admin admins administrator administrators reader readers buyer buyers seller sellers visitor visitors
    passenger passengers courier couriers beneficiary parent parents child children resident residents
    usuario usuarios cliente clientes paciente pacientes empleado empleados alumno alumnos estudiante estudiantes
    socio socios contacto contactos persona personas profesor profesores utilizadores funcionario funcionarios
    aluno alunos pessoa pessoas membro membros utilisateur utilisateurs adherent adherents membre membres
    personne personnes eleve eleves employe employes salarie benutzer nutzer kunde kunden patienten mitglied
    mitglieder mitarbeiter schuler schueler person kontakte lehrer utente utenti clienti pazienti dipendenti
    gebruiker gebruikers klant klanten medewerker leden uzytkownik uzytkownicy klient klienci pacjent pacjenci
    pracownik pracownicy uczen uczniowie bruker brukere kunder ansatte medlem medlemmer anvandare kund elev
    kayttaja asiakas felhasznalo felhasznalok ugyfel kullanici kullanicilar musteri musteriler hasta hastalar
    ogrenci ogrenciler calisan polzovateli klienty uzivatel uzivatele zakaznik utilizatori pengguna pelanggan
    pasien siswa karyawan anggota nguoi+dung khach+hang nhan+vien hocsinh yonghu kehu 用户 客户 会员 ユーザー 会員
    顧客 사용자 회원 пользователи клиенты сотрудники aspnetusers`),
);

const COMPANIES = new Set(
  wordList(`
    company companies organization organizations organisation organisations org orgs firm firms vendor vendors
    supplier suppliers business businesses merchant merchants partner partners brand brands manufacturer
    empresa empresas proveedor proveedores entreprise entreprises societe societes fournisseur fournisseurs firma
    firmen unternehmen lieferant lieferanten azienda aziende fornitori bedrijf bedrijven firmy dostawcy foretag
    sirket sirketler perusahaan workspace workspaces team teams publisher publishers clinic clinics store stores
    shop shops institution institutions school schools`),
);

/** A word of people that is only the owner of what the table holds: `user_sessions` are sessions. */
const HELD = new Set(
  wordList(`
    session sessions token tokens order orders payment payments log logs role roles setting settings preference
    preferences permission permissions group groups address addresses note notes message messages invoice
    invoices subscription subscriptions event events activity activities file files document documents device
    devices history notification notifications plan plans type types status review reviews review comment
    comments appointment appointments visit visits card cards ticket tickets category categories course courses
    tag tags membership memberships segment segments transaction transactions transfer transfers balance`),
);

export function tableKind(table: string): TableKind {
  const words = nameWords(table);
  const joined = words.map((word, at) => `${word}+${words[at + 1] ?? ''}`);
  const last = words.at(-1) ?? '';
  if (HELD.has(last)) return 'things';
  if (COMPANIES.has(last)) return 'companies';
  if (words.some((word) => PERSONS.has(word)) || joined.some((pair) => PERSONS.has(pair)))
    return 'persons';
  return words.some((word) => COMPANIES.has(word)) ? 'companies' : 'things';
}
