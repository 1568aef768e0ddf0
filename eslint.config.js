import { defineConfig, globalIgnores } from 'eslint/config';
import importX from 'eslint-plugin-import-x';
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

const sizes = (maxLines) => ({
  'max-lines': ['error', { max: maxLines }],
  'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
  complexity: ['error', 10],
  'max-depth': ['error', 3],
  'max-params': ['error', 3],
});

const exits = [
  {
    object: 'process',
    property: 'exit',
    message:
      'It cuts off output that is not written yet. Set process.exitCode, in cli/bin.ts only.',
  },
];

const clocks = {
  properties: [
    {
      object: 'Date',
      property: 'now',
      message: 'Take the Clock of kernel/ports.ts, so that a test can set the time.',
    },
  ],
  syntax: [
    {
      selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
      message: 'Take the Clock of kernel/ports.ts, so that a test can set the time.',
    },
  ],
};

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', '.hygiene/', 'hygiene/logs/', 'test/fixtures/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      ...sizes(250),
      'no-console': 'error',
      eqeqeq: 'error',
      'no-restricted-properties': ['error', ...exits, ...clocks.properties],
      'no-restricted-syntax': ['error', ...clocks.syntax],
      'import-x/no-default-export': 'error',
      'import-x/no-duplicates': ['error', { considerQueryString: true }],
      'import-x/extensions': ['error', 'always', { ignorePackages: true }],
      'import-x/first': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // Counts read better in a template than as String(count).
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['src/kernel/ports.ts'],
    rules: {
      'no-restricted-properties': ['error', ...exits],
      'no-restricted-syntax': 'off',
    },
  },
  {
    files: ['src/cli/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['hygiene/**/*.ts', 'knexfile.ts', 'test/support/global-*.ts'],
    rules: { 'import-x/no-default-export': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      ...sizes(400),
      // A describe block is a list of tests, not a function to be understood at once.
      'max-lines-per-function': 'off',
    },
  },
  {
    files: ['test/**/*.test.ts'],
    extends: [jest.configs['flat/recommended']],
    rules: {
      'jest/no-conditional-in-test': 'error',
      'jest/no-identical-title': 'error',
      'jest/valid-title': 'error',
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*', 'fc.assert'] }],
      // Every test that reports a fact about a whole table does so in one assertion or several.
      'jest/max-expects': 'off',
    },
  },
);
