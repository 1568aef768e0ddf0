import { batchesSuite } from './batches-suite.ts';

batchesSuite({ runs: 20, limitMs: 45_000 });
