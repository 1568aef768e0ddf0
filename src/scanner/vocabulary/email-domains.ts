import { words } from './words.ts';

/** Where people really have their mail. */
export const LIVE_PROVIDERS: ReadonlySet<string> = new Set(
  words(`
    gmail.com googlemail.com hotmail.com outlook.com live.com msn.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de
    yahoo.es yahoo.it yahoo.co.jp yahoo.com.br ymail.com icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.com
    web.de t-online.de freenet.de orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it
    alice.it wp.pl o2.pl onet.pl interia.pl seznam.cz mail.ru yandex.ru bk.ru list.ru inbox.ru rambler.ru ukr.net
    uol.com.br bol.com.br terra.com.br hotmail.es hotmail.fr hotmail.it hotmail.de hotmail.co.uk outlook.es
    outlook.fr outlook.de outlook.com.br proton.me protonmail.com pm.me tutanota.com zoho.com fastmail.com
    qq.com 163.com 126.com sina.com foxmail.com naver.com daum.net hanmail.net kakao.com docomo.ne.jp ezweb.ne.jp
    btinternet.com sky.com comcast.net verizon.net att.net bigpond.com ziggo.nl kpnmail.nl telenet.be skynet.be
    bluewin.ch sapo.pt telia.com mail.com email.com`),
);

/** Names that exist, and that hardly anybody but seed scripts has addresses at. */
export const PLACEHOLDER_DOMAINS: readonly string[] = words(`
  test.com test.org test.net test.de test.fr test.es test.it test.ru test.io test.dev test.co tests.com testing.com
  tester.com testmail.com test-mail.com testuser.com testemail.com foo.com foo.bar foobar.com bar.com baz.com
  foo.org foo.net acme.com acme.org acme.net acme.io acme.co acme-corp.com acmecorp.com acme.inc acme.test acme.dev
  demo.com demo.org demo.net demo.io demo.de demo.fr demo.co demo.dev demoapp.com demo-app.com demosite.com
  demo-company.com democompany.com demomail.com sample.com sample.org sample.net samples.com samplemail.com
  dummy.com dummy.org dummy.net dummymail.com fake.com fake.org fake.net fakemail.com fakeemail.com fake-email.com
  fakemail.net placeholder.com placeholder.net domain.com domain.tld domain.org yourdomain.com your-domain.com
  mydomain.com somedomain.com anydomain.com mysite.com yoursite.com website.com site.com company.com
  yourcompany.com mycompany.com your-company.com somecompany.com companyname.com business.com organization.com
  mock.com mockmail.com nowhere.com noemail.com noreply.com none.com nobody.com null.com void.com contoso.com
  fabrikam.com adventure-works.com adventureworks.com northwind.com northwindtraders.com tailspintoys.com
  wingtiptoys.com initech.com initrode.com hooli.com piedpiper.com globex.com globexcorp.com soylent.com
  umbrella.com umbrellacorp.com umbrella-corp.com starkindustries.com stark.com wayneenterprises.com
  wayne-enterprises.com wayneent.com wayne.com dundermifflin.com dunder-mifflin.com oscorp.com lexcorp.com
  vandelay.com vandelayindustries.com cyberdyne.com cyberdynesystems.com tyrell.com tyrellcorp.com weyland.com
  weylandyutani.com massivedynamic.com aperture.com aperturescience.com blackmesa.com abstergo.com sterlingcooper.com
  pawneeindiana.gov simpson.com simpsons.com springfield.com gotham.com avengers.com starwars.com hogwarts.edu
  hogwarts.com jedi.org shield.gov wakanda.com ejemplo.com ejemplo.es ejemplo.org ejemplo.mx ejemplo.net
  correo.com prueba.com pruebas.com exemplo.com exemplo.com.br exemplo.pt exemplo.org teste.com teste.com.br
  teste.net empresa.com empresa.com.br beispiel.de beispiel.com beispiel.at beispiel.ch muster.de muster.ch
  muster.com mustermann.de mustermail.de musterfirma.de musterfirma.com exemple.com exemple.fr exemple.org
  essai.fr entreprise.fr societe.fr esempio.it esempio.com prova.it prova.com azienda.it voorbeeld.nl
  voorbeeld.be voorbeeld.com bedrijf.nl przyklad.pl przyklad.com firma.pl testowy.pl primer.ru primer.com
  example.ru ornek.com ornek.com.tr deneme.com sirket.com contoh.com contoh.co.id perusahaan.com esimerkki.fi
  eksempel.no eksempel.dk exempel.se priklad.cz priklad.sk pelda.hu vidu.com vidu.vn example.de example.fr
  example.es example.it example.nl example.pl example.io example.dev example.app example.co example.co.uk
  example.co.jp example.jp example.cn example.kr example.com.br example.se example.no example.tld examples.com
  examplemail.com example-company.com seed.com seed.local seed.dev fixture.com fixtures.com app.test dev.com
  dev.local app.local local.dev internal.test fakedomain.com notreal.com donotreply.com asdf.com asd.com qwe.com
  qwerty.com aaa.com abc.com xyz.com xxx.com a.com b.com a.b x.com y.com x.y mailinator.com
`);

/** Placeholders that are also used by some: a reason to look. */
export const DOUBTFUL_DOMAINS: ReadonlySet<string> = new Set(
  words(`
    email.com mail.com company.com business.com organization.com correo.com empresa.com empresa.com.br stark.com
    wayne.com umbrella.com x.com dev.com simpson.com springfield.com aperture.com sample.com primer.com
    entreprise.fr azienda.it bedrijf.nl firma.pl societe.fr perusahaan.com sirket.com abc.com mailinator.com
    site.com website.com acme.io acme.co weyland.com tyrell.com muster.de muster.ch prova.it void.com dummy.org
    seed.com aaa.com xyz.com northwind.com a.com b.com y.com noreply.com tester.com`),
);

/** For trials and trash. */
export const DISPOSABLE_DOMAINS: readonly string[] = words(`
  mailinator.com guerrillamail.com 10minutemail.com tempmail.com temp-mail.org yopmail.com trashmail.com
  sharklasers.com throwawaymail.com getnada.com mailnesia.com dispostable.com maildrop.cc mailtrap.io ethereal.email
  mailhog.local inbucket.org fakeinbox.com
`);
