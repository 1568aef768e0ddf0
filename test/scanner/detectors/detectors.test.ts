import { describe, expect, test } from '@jest/globals';

import type { ColumnRole } from '../../../src/scanner/column-role.ts';
import { allDetectors } from '../../../src/scanner/detectors/all-detectors.ts';
import { said } from './said.ts';

/** The detector that must speak, and how strongly. */
const FOUND: readonly (readonly [ColumnRole, string, string])[] = [
  ['email', 'jo@example.com', 'reserved-domain decisive'],
  ['email', 'jo@mail.example.org', 'reserved-domain decisive'],
  ['email', 'jo@brand.test', 'reserved-domain decisive'],
  ['email', 'maria@demo.brand.com', 'marker-domain strong'],
  ['email', 'maria@brand-demo.io', 'marker-domain moderate'],
  ['email', 'maria@intranet.local', 'marker-domain strong'],
  ['email', 'maria@foo.com', 'placeholder-domain strong'],
  ['email', 'maria@mailinator.com', 'placeholder-domain moderate'],
  ['email', 'test.user@brand.com', 'marker-account strong'],
  ['email', 'user12@brand.com', 'marker-account strong'],
  ['email', 'bob+test@brand.com', 'marker-account strong'],
  ['email', 'asdf@brand.com', 'marker-account strong'],
  ['username', 'demo_user', 'marker-account strong'],
  ['email', 'max_mustermann@gmx.de', 'placeholder-address-name strong'],
  ['email', 'Sheldon_Bahringer6@yahoo.com', 'faker-email strong'],
  ['email', 'info@kuhicandsons.biz', 'faker-email moderate'],
  ['email', 'alice@gmail.com', 'favourite-address moderate'],
  ['email', 'bob@gmail.com', 'impossible-gmail moderate'],
  ['name', 'John Doe', 'placeholder-name strong'],
  ['name', 'Mr. John Doe', 'placeholder-name strong'],
  ['name', 'Juan Pérez', 'placeholder-name moderate'],
  ['name', 'Test User', 'marker-name strong'],
  ['name', 'User One', 'marker-name strong'],
  ['name', '测试用户', 'marker-name strong'],
  ['name', 'Testy McTestface', 'marker-name strong'],
  ['name', 'Hollie Runolfsson', 'faker-name moderate'],
  ['phone', '123-456-7890', 'placeholder-phone strong'],
  ['phone', '+1 (212) 555-0134', 'placeholder-phone strong'],
  ['phone', '000 000 0000', 'placeholder-phone strong'],
  ['phone', '+44 7700 900123', 'placeholder-phone strong'],
  ['address', '123 Main St', 'placeholder-street strong'],
  ['address', 'Musterstraße 1', 'placeholder-street strong'],
  ['city', 'Musterstadt', 'placeholder-city strong'],
  ['company', 'Acme Corp', 'placeholder-company strong'],
  ['company', 'Demo Company 3', 'placeholder-company strong'],
  ['text', 'Lorem ipsum dolor sit amet', 'latin-text decisive'],
  ['text', 'Sit quia voluptatem autem et dolorem quis.', 'latin-text strong'],
  ['text', 'This is a test message', 'test-text strong'],
  ['text', 'Esto es una prueba', 'test-text strong'],
  ['text', 'Тестовое сообщение', 'test-text strong'],
  ['title', 'Test product', 'marker-title strong'],
  ['title', 'Producto 1', 'test-text strong'],
  ['title', 'Handcrafted Granite Chips', 'faker-product strong'],
  ['url', 'https://via.placeholder.com/150', 'placeholder-url strong'],
  ['ip', '192.0.2.10', 'documentation-ip strong'],
  ['card', '4242 4242 4242 4242', 'test-card decisive'],
  ['iban', 'DE89 3704 0044 0532 0130 00', 'example-iban decisive'],
  ['national-id', '123-45-6789', 'example-national-id strong'],
  ['token', 'sk_test_abc123', 'test-token strong'],
  ['uuid', '11111111-1111-1111-1111-111111111111', 'handwritten-uuid strong'],
];

/** Genuine values in which something looks like it; nothing that counts alone may be said. */
const LEFT_ALONE: readonly (readonly [ColumnRole, string])[] = [
  ['email', 'anna@contest.org'],
  ['email', 'maria.demont@gmail.com'],
  ['email', 'office@labor-testing.at'],
  ['email', 'latest@news.de'],
  ['email', 'democratic.club@free.fr'],
  ['email', 'maria.silva1987@gmail.com'],
  ['email', 'reception2@hotel-astoria.com'],
  ['name', 'Michael Test'],
  ['name', 'Ali Örnek'],
  ['name', 'Carla Testani'],
  ['name', 'John Doerr'],
  ['name', 'Demi Moore-Hall'],
  ['username', 'contestant'],
  ['username', 'demogorgon88'],
  ['phone', '(212) 555-1212'],
  ['phone', '+49 561 7723094'],
  ['address', '17 Contest Close'],
  ['address', 'Via Testaccio 21'],
  ['city', 'Testelt'],
  ['company', 'Testo Messtechnik Vertrieb'],
  ['company', 'Contest Marketing Group'],
  ['text', 'The test drive convinced me, bought it the same day.'],
  ['text', 'For example, the left strap is longer than the right one.'],
  ['text', 'Der Test auf Allergien war negativ.'],
  ['title', 'Pregnancy test'],
  ['title', 'Sample sale Saturday'],
  ['title', 'Lesson 3'],
  ['url', 'https://www.contest-yachts.com/demo-day'],
  ['ip', '193.0.2.10'],
  ['card', '4111'],
  ['token', 'cus_Nq2x8wLmP0aZtR'],
  ['uuid', '7d1f0c8e-5b1a-4c1d-9a44-0f3c2b8e6d15'],
];

describe('a detector', () => {
  test.each(FOUND)('finds in %s: %s', (role, value, expected) => {
    expect(said(role, value)).toContain(expected);
  });

  test.each(LEFT_ALONE)('leaves alone in %s: %s', (role, value) => {
    const counts = said(role, value).filter((each) => /(?:decisive|strong)$/.test(each));
    expect([value, counts]).toEqual([value, []]);
  });

  test('is tried by at least one example', () => {
    const tried = new Set(FOUND.map(([, , expected]) => expected.split(' ')[0]));
    // A column of flags says it by its name.
    expect(allDetectors.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([
      'test-flag',
    ]);
  });

  test('takes a word for tests in an address for the family name that the row has', () => {
    expect(said('email', 'ornek180@outlook.com', { name: 'Fatma Örnek' })).toEqual([
      'marker-account weak',
    ]);
    expect(said('email', 'ornek180@outlook.com', { name: 'Test Örnek' })).toEqual([
      'marker-account strong',
    ]);
  });
});
