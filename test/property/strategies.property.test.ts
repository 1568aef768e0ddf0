import { strategySuite } from './strategy-suite.ts';

strategySuite({ runs: 12, limitMs: 45_000 });
