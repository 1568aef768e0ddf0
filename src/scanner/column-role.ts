/** What a column holds, as far as finding seed data is concerned. A column without a role is not looked at. */
export type ColumnRole =
  | 'email'
  /** Of a person, whole. Given and family names in columns of their own are judged together, as a name. */
  | 'name'
  | 'given-name'
  | 'family-name'
  | 'username'
  | 'phone'
  /** A password or its hash. */
  | 'password'
  /** The number of a payment card, as written. */
  | 'card'
  | 'iban'
  /** A number that a state gives to a person or firm: SSN, CPF, NIF, … */
  | 'national-id'
  /** What somebody wrote: a message, a comment, a biography, a description. */
  | 'text'
  /** A short text that names a thing: a product, a subject, a headline. */
  | 'title'
  | 'created-at'
  /** The rights of an account: its role by name, or a flag such as is_admin. */
  | 'role'
  | 'ip'
  | 'url'
  /** Street and number, or a whole postal address. */
  | 'address'
  | 'city'
  | 'company'
  /** A secret or reference of an outside system: an API key, the customer number of a payment provider. */
  | 'token'
  /** Says by itself whether the row is a test: is_test, is_demo, livemode, environment. */
  | 'flag'
  | 'uuid';
