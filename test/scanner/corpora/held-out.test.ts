import { checkTexts } from '../corpus/check-part.ts';

checkTexts('held-out');
