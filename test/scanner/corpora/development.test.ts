import { checkTexts } from '../corpus/check-part.ts';

checkTexts('development');
