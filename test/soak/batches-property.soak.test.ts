import { batchesSuite } from '../property/batches-suite.ts';

batchesSuite({ runs: 300, limitMs: 300_000 });
