import { nameWords } from './name-words.ts';

const ADMIN =
  /^(?:role[ _-]?)?(?:super[ _-]?admin(?:istrator)?|sys(?:tem)?[ _-]?admin(?:istrator)?|site[ _-]?admin(?:istrator)?|admins?|administrators?|root|superusers?|super[ _-]user|administrador(?:a|es)?|administrateur|amministratore|administratoren|beheerder|yonetici|yönetici|админ|администратор|管理员|管理者|관리자|quan[ _-]?tri|quản trị viên)$/i;
const YES = /^(?:t|true|1|y|yes|si|ja|oui)$/i;
const FLAG_WORDS = new Set([
  'admin',
  'isadmin',
  'superuser',
  'issuperuser',
  'staff',
  'isstaff',
  'root',
  'administrator',
  'super',
]);

/** Whether a value of a column of roles makes an administrator; it may be a list, as `{ROLE_USER,ROLE_ADMIN}`. */
export function isAdminValue(column: string, value: string): boolean {
  if (YES.test(value)) return nameWords(column).some((word) => FLAG_WORDS.has(word));
  return value.split(/[{}[\]",;|\s]+/).some((each) => ADMIN.test(each)) || ADMIN.test(value.trim());
}

const ADMIN_TABLE =
  /^(?:(?:sys|system|site|app|web)_?)?(?:admins?|administrators?|superusers?|administradores)(?:_?(?:users?|accounts?))?$/i;

/** Whether a table holds administrators and nobody else. */
export function isAdminTable(table: string): boolean {
  return ADMIN_TABLE.test(table);
}
