import { describe, expect, test } from '@jest/globals';

import { isAdminTable, isAdminValue } from '../../../src/scanner/roles/admin.ts';
import { inferRoles } from '../../../src/scanner/roles/infer-roles.ts';

/** Columns of text, by their names, in a table. */
function roles(table: string, names: readonly string[]): Record<string, string> {
  const columns = names.map((name) => ({
    name,
    type: /_at$|^created|datum|data_/.test(name) ? 'timestamp with time zone' : 'text',
    values: [],
    isKey: false,
    isReference: false,
  }));
  return Object.fromEntries(inferRoles({ name: table, columns }));
}

describe('the roles of columns', () => {
  test.each([
    [
      'users',
      {
        email: 'email',
        first_name: 'given-name',
        last_name: 'family-name',
        encrypted_password: 'password',
        created_at: 'created-at',
      },
    ],
    [
      'AspNetUsers',
      { UserName: 'username', Email: 'email', PhoneNumber: 'phone', PasswordHash: 'password' },
    ],
    [
      'usuarios',
      {
        nombre: 'name',
        correo: 'email',
        contrasena: 'password',
        telefono: 'phone',
        direccion: 'address',
        ciudad: 'city',
      },
    ],
    ['alunos', { nome: 'name', senha: 'password', celular: 'phone', endereco: 'address' }],
    [
      'kunden',
      {
        vorname: 'given-name',
        nachname: 'family-name',
        passwort: 'password',
        strasse: 'address',
        ort: 'city',
      },
    ],
    [
      'dipendenti',
      {
        nome: 'given-name',
        cognome: 'family-name',
        posta_elettronica: 'email',
        cellulare: 'phone',
        indirizzo: 'address',
      },
    ],
    [
      'clients',
      {
        nom: 'family-name',
        prenom: 'given-name',
        mot_de_passe: 'password',
        telephone: 'phone',
        ville: 'city',
      },
    ],
    ['klienci', { imie: 'given-name', nazwisko: 'family-name', haslo: 'password' }],
    [
      'kullanicilar',
      {
        ad: 'given-name',
        soyad: 'family-name',
        eposta: 'email',
        sifre: 'password',
        telefon: 'phone',
      },
    ],
    [
      'cust',
      {
        fname: 'given-name',
        lname: 'family-name',
        pwd: 'password',
        addr1: 'address',
        mail: 'email',
        tel: 'phone',
      },
    ],
    ['products', { name: 'title', description: 'text' }],
    ['companies', { name: 'company', website: 'url' }],
  ])('of %s', (table, expected) => {
    expect(roles(table, Object.keys(expected))).toEqual(expected);
  });

  test('are told by what is in them where the name says nothing', () => {
    const values = ['anna@web.de', 'bernd@haas-bau.de', 'c.long@example.com'];
    const column = { name: 'x1', type: 'text', values, isKey: false, isReference: false };
    expect([...inferRoles({ name: 't', columns: [column] })]).toEqual([['x1', 'email']]);
  });

  test('are none for what is no text of a person', () => {
    expect(roles('orders', ['status', 'currency', 'id', 'sku_code'])).toEqual({});
  });
});

describe('an administrator', () => {
  test.each([
    ['role', 'admin'],
    ['role', 'SUPER_ADMIN'],
    ['roles', '{ROLE_USER,ROLE_ADMIN}'],
    ['is_admin', 'true'],
    ['is_superuser', 't'],
    ['rol', 'administrador'],
  ])('is one by %s = %s', (column, value) => {
    expect(isAdminValue(column, value)).toBe(true);
  });

  test.each([
    ['role', 'member'],
    ['role', 'administrative assistant'],
    ['is_active', 'true'],
    ['is_admin', 'false'],
  ])('is none by %s = %s', (column, value) => {
    expect(isAdminValue(column, value)).toBe(false);
  });

  test('is everybody in a table of administrators', () => {
    expect(['admins', 'site_admins', 'admin_logs', 'users'].filter(isAdminTable)).toEqual([
      'admins',
      'site_admins',
    ]);
  });
});
