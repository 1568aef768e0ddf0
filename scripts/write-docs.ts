/** Writes the pages that follow from the code: `npm run docs`. A test holds them against it. */
import { writeFileSync } from 'node:fs';

import { generatedPages } from './docs/generated-pages.ts';

for (const [path, text] of Object.entries(await generatedPages())) writeFileSync(path, text);
