import { words } from './words.ts';

/** Family names that generators of fake data like and few people bear. */
export const FAKER_SURNAMES: ReadonlySet<string> = new Set(
  words(`
    abshire bashirian bogan borer bradtke brakus champlin considine corwin crona deckow dicki dubuque eichmann
    ernser frami greenholt kassulke kirlin turcotte abernathy altenwerth ankunding aufderhar bahringer balistreri bartoletti batz baumbach
    bechtelar bednar beahan bergnaum bernier blanda
    bogisich botsford breitenberg brekke bruen buckridge cassin
    corkery cremin crooks cruickshank cummerata denesik dibbert
    durgan effertz emard emmerich erdman
    fadel fahey feeney feest feil flatley franecki fritsch gaylord
    gerhold gislason gleichner goldner gorczany
    goyette greenfelder gulgowski gusikowski gutkowski gutmann hagenes
    hamill hammes hane harber hauck heaney
    heathcote hegmann heidenreich hermiston hessel hettinger hickle hilll
    hilpert hintz hirthe hodkiewicz hoeger homenick huel huels jacobi jakubowski jaskolski jast
    jerde kautzer keebler keeling kemmer kerluke kertzmann kiehn kihn kilback
    klocko koelpin koepp konopelski koss kovacek kozey krajcik kreiger kshlerin kub
    kuhic kuhlman kulas kunde kuphal kutch kuvalis labadie lakin langosh langworth
    leannon lebsack ledner leffler legros lehner lesch leuschke
    littel lockman lubowitz lueilwitz luettgen macejkovic maggio
    mayert mcglynn
    medhurst mertz morar morissette mosciski mraz
    murazik nader nienow nikolaus nitzsche
    oberbrunner okuneva ondricka orn osinski pacocha padberg pagac parisian
    paucek pfannerstill pollich pouros powlowski predovic prohaska prosacco
    quitzon ratke raynor reinger
    rempel rippin robel rogahn rohan
    rolfson romaguera roob ruecker runolfsdottir runolfsson runte
    satterfield sawayn schaden schamberger schimmel
    schinner schmeler schowalter schulist
    schumm schuppe senger simonis sipes skiles smitham spinka
    sporer stehr steuber stiedemann stracke streich
    stroman strosin swaniawski torp torphy towne
    trantow treutel tromp ullrich vandervort veum volkman
    vonrueden waelchi watsica wehner weimann
    weissnat wiegand wilderman willms
    windler wintheiser wisoky wisozk witting wiza wuckert wunsch wyman yundt zboncak
    zemlak ziemann zieme zulauf
  `),
);

/** The closed lists that invented products are put together from. */
export const PRODUCT_ADJECTIVES: readonly string[] = words(`
  small ergonomic rustic intelligent gorgeous incredible fantastic practical sleek awesome generic handcrafted
  handmade licensed refined unbranded tasty electronic recycled modern oriental luxurious elegant bespoke soft
  frozen fresh
`);
export const PRODUCT_MATERIALS: readonly string[] = words(`
  steel wooden concrete plastic cotton granite rubber metal soft fresh frozen bronze gold silver aluminum ceramic
  marble bamboo silk
`);
export const PRODUCT_NOUNS: readonly string[] = words(`
  chair car computer keyboard mouse bike ball gloves pants shirt table shoes hat towels soap tuna chicken fish
  cheese bacon pizza salad sausages chips
`);

/** Latin filler, by its most frequent words. */
export const LATIN: ReadonlySet<string> = new Set(
  words(`
    lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor incididunt labore dolore magna aliqua
    enim minim veniam quis nostrud exercitation ullamco laboris nisi aliquip commodo consequat duis aute irure
    reprehenderit voluptate velit esse cillum fugiat nulla pariatur excepteur sint occaecat cupidatat proident sunt
    culpa officia deserunt mollit anim laborum quia quae quas quasi quo quod qui quibusdam quisquam voluptas
    voluptatem voluptatum voluptates aut autem aliquid alias accusamus accusantium architecto asperiores aspernatur
    assumenda atque at beatae blanditiis commodi consequatur consequuntur corporis corrupti cum cumque cupiditate
    debitis delectus deleniti dicta dignissimos distinctio dolorem doloremque dolores doloribus dolorum ducimus ea
    earum eius eligendi eos error est et eum eveniet ex excepturi exercitationem expedita explicabo facere facilis
    fuga fugit harum hic id illo illum impedit inventore ipsa ipsam iste itaque iure iusto laboriosam laudantium
    libero magnam magni maiores maxime minima minus modi molestiae molestias mollitia nam natus necessitatibus nemo
    neque nesciunt nihil nobis non numquam obcaecati odio odit omnis optio pariatur perferendis perspiciatis placeat
    porro possimus praesentium provident quaerat quam ratione recusandae reiciendis repellat repellendus repudiandae
    rem rerum sapiente sequi similique sint soluta suscipit tempora tempore temporibus tenetur totam ullam unde ut
    vel veritatis vero vitae voluptatibus ab ad animi a dolorum officiis eum iusto sit`),
);
