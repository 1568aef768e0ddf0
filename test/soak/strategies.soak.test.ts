import { strategySuite } from '../property/strategy-suite.ts';

strategySuite({ runs: 200, limitMs: 540_000 });
