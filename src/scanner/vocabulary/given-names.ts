import { words } from './words.ts';

/** The given names that seed scripts take first. */
export const FAVOURITE_GIVEN: ReadonlySet<string> = new Set(
  words(`
    john jane alice bob charlie dave eve carol mallory trent frank grace heidi ivan judy oscar peggy victor walter
    jack jill joe jim tom mike sam sarah david emma james mary anna max peter paul lisa mark steve susan
    diana emily michael juan maria jose pedro ana carlos luis pepe marie pierre jean hans klaus fritz mario luigi
    giulia jan piet ali ahmed mehmet ayse fatma budi siti andi bjorn lars ola kari anders sven wei li ming
    taro hanako jiho minsu ivanov petr`),
);
