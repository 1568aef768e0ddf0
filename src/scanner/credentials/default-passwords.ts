/**
 * The passwords that seed scripts and installers set, the likeliest first. What is printed is the number
 * of the entry, counted from 1, so entries keep their places: new ones go to the end.
 */
export const DEFAULT_PASSWORDS: readonly string[] = `
  password password123 admin123 123456 secret Password123! test123 admin test demo changeme password1 user123
  12345678 qwerty Password123 Password1! demo123 test1234 letmein Passw0rd! P@ssw0rd passw0rd Password1 Admin123!
  admin1234 Admin@123 Test123! Test@123 User@123 Pass@123 Password@123 pass123 pass pass1234 1234 12345 123456789
  password! secret123 secretpassword supersecret hunter2 qwerty123 abc123 welcome welcome1 welcome123 Welcome1!
  Welcome123! changeme123 ChangeMe123! changeit default default123 temp123 temppassword temporary guest guest123 user
  root toor rootroot administrator manager manager123 staff staff123 customer customer123 client client123 owner
  owner123 student student123 teacher teacher123 doctor123 patient123 employee employee123 seller123 vendor123
  driver123 agent123 editor123 author123 member123 moderator123 superadmin superadmin123 SuperAdmin123! super123
  supersecret123 testpassword testpass testing testing123 tester tester123 testuser test12345 Test1234 Test1234!
  Test12345! Testing123! demopassword demopass demo1234 Demo123! Demo1234! Demo@123 demouser sample sample123
  example example123 foobar foo bar foobar123 asdf asdfasdf asdf1234 asdfgh asdfghjkl qwertyuiop 1q2w3e4r
  1qaz2wsx zaq12wsx iloveyou monkey dragon sunshine princess football baseball letmein123 trustno1 master access
  111111 11111111 000000 00000000 123123 123321 654321 666666 888888 1234567 1234567890 987654321 0000 1111 123
  123qwe qwe123 qweasd qweasdzxc a123456 aa123456 Aa123456 Aa123456! Abc123! Abc12345 Abcd1234 Abcd1234! Abc@123
  Abcd@1234 Passw0rd Passw0rd123 P@ssword P@ssword1 P@ssword123 P@ssw0rd1 P@ssw0rd123 P@ssw0rd! P@$$w0rd Pa$$w0rd
  Pa$$word Pass123! Pass1234! Pass1234 Secret123 Secret123! Secret1! Qwerty123 Qwerty123! Qwerty1! Admin123 Admin1234
  Admin1234! Admin@1234 Admin1! admin@123 admin12345 adminadmin adminpassword adminpass Admin User123! User1234!
  User1234 user1234 user@123 userpassword userpass password12 password1234 password12345 password123! Password12
  Password1234 Password1234! Password12345 Password12! Password! passwd passphrase mypassword mysecret
  securepassword securepassword123 SecurePass123! SecurePass123 SecurePassword123! StrongPass123! StrongPassword123!
  strongpassword Str0ngP@ss! correcthorsebatterystaple contraseña contrasena contraseña123 contrasena123 clave
  clave123 Clave123! secreto secreto123 prueba prueba123 usuario usuario123 senha senha123 Senha123 Senha123!
  Senha@123 mudar123 teste teste123 segredo motdepasse motdepasse123 MotDePasse123! azerty azerty123 azertyuiop
  secretmdp soleil bonjour passwort passwort123 Passwort123! Passwort1 geheim geheim123 hallo hallo123 start123
  Start123! muster benutzer123 password_it passwordIT segreto segreta ciao ciao123 prova prova123 wachtwoord
  wachtwoord123 Wachtwoord123! welkom welkom01 Welkom01! geheimpje haslo haslo123 hasło hasło123 Haslo123! zaq1@WSX
  qwerty1 tajne heslo heslo123 jelszo jelszo123 parola parola123 sifre sifre123 şifre şifre123 Sifre123! deneme
  deneme123 losenord lösenord hemligt passord passord123 salasana salasana123 пароль пароль123 parol parol123
  йцукен 123йцу katasandi rahasia rahasia123 sandi123 matkhau matkhau123 mậtkhẩu mima123 mima 密码 woaini 5201314
  a123456789 woaini1314 パスワード pasuwado himitsu 비밀번호 seed seed123 seedpassword seeder fixture fixtures
  devpassword dev dev123 developer development local localhost staging staging123 sandbox mock mockpassword
  dummy dummy123 fake fakepassword placeholder insecure notsecure notasecret unsafe pw pwd p pass! x xxx xxxxxx
  aaaaaa aaaaaaaa abc abcd abcdef abcdefg abc1234 abcd123 abcdefgh qwer1234 asd123 zxcvbn zxcvbnm p4ssw0rd
  pa55word pa55w0rd Pa55w0rd! Pa55word passw0rd123 s3cret s3cr3t S3cret! letmein! LetMeIn123! Summer2023! Summer2024!
  Winter2023! Winter2024! Spring2024! Company123! Company123 company123 Hello123! hello hello123 HelloWorld1 helloworld
  postgres mysql oracle sa tomcat jenkins grafana nagios zabbix wordpress magento123 shop123 store123 odoo moodle
  drupal joomla laravel rails django spring node react vue supabase firebase prisma P@55w0rd! Change_me change_me
  change-me ChangeMe changeMe! changeme! Change.me1 CHANGEME please_change pleasechange update-me initial initial123
  Initial1! firstlogin newpassword newpass newuser newuser123 password2 password3 password01 Password01 Password01!
  Password2! Passwd123 Passwd123! Testpass123 Testpass123! TestPass123! TestPassword123! testPassword testpassword123
  testpass123 Testpassword1! TestPassword1! AdminPass123! AdminPassword123! adminPassword userPassword UserPass123!
  DemoPass123! DemoPassword123! demo-password demo_password test-password test_password dev-password hashed_password
  Password#123 Password$1 Password.1 P@ssw0rd2023 P@ssw0rd2024 Password2023! Password2024! Password2025! admin2024
  admin2023 qwerty12345 q1w2e3r4 1q2w3e 112233 121212 159753 147258369 789456123 asdasd asdasd123 asd asdfg 7777777
`
  .trim()
  .split(/\s+/);

/** Those that many real people choose too. */
export const POPULAR: ReadonlySet<string> = new Set(
  `123456 12345678 123456789 1234567890 qwerty iloveyou monkey dragon sunshine princess football baseball 111111
   000000 123123 654321 666666 888888 1234567 qwerty123 abc123 azerty soleil bonjour hallo woaini 5201314 a123456
   1q2w3e4r 1qaz2wsx zaq12wsx 123321 qwertyuiop trustno1 master 987654321 112233 121212 7777777 asdfgh 12345 1234
   123 йцукен hello ciao`
    .trim()
    .split(/\s+/),
);

/** What a lazy password is made of, from what is known of the account: `anna`, `anna123`. */
export function derivedPasswords(hints: readonly string[]): readonly string[] {
  const stems = hints.flatMap((hint) => {
    const [local = ''] = hint.split('@');
    return [local, local.split(/[._\s-]/)[0] ?? ''].filter((stem) => stem.length >= 3);
  });
  return [
    ...new Set(
      stems.flatMap((stem) => [stem, stem.toLowerCase(), `${stem}123`, `${stem.toLowerCase()}123`]),
    ),
  ];
}
