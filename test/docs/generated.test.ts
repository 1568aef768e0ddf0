import { describe, expect, test } from '@jest/globals';

import { generatedPages } from '../../scripts/docs/generated-pages.ts';
import { page } from './pages.ts';

describe('a page that is generated', () => {
  test('is what `npm run docs` writes', async () => {
    for (const [path, text] of Object.entries(await generatedPages())) {
      expect([path, page(path).text]).toEqual([path, text]);
    }
  });
});
