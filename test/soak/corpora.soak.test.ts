import { checkPart } from '../scanner/corpus/check-part.ts';

checkPart('development');
checkPart('held-out');
