import { checkPart } from '../corpus/check-part.ts';

checkPart('development');
