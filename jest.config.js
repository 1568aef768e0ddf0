const esm = { module: { type: 'es6' } };
const soak = process.env['HYGIENE_SOAK'] === '1';

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, ...esm },
    ],
    '\\.tsx$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', tsx: true },
          target: 'es2023',
          transform: { react: { runtime: 'automatic', importSource: 'hono/jsx' } },
        },
        ...esm,
      },
    ],
  },
  moduleNameMapper: { '^pg-hygiene$': '<rootDir>/src/index.ts' },
  testMatch: [soak ? '<rootDir>/test/soak/**/*.test.ts' : '<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: soak ? ['/node_modules/'] : ['/node_modules/', '<rootDir>/test/soak/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/\\.hygiene/'],
  // One PostgreSQL serves the whole run; each test file works in databases of its own.
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  maxWorkers: 2,
  // Modules that a test file has loaded are not let go of: an old worker spends its time collecting garbage.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.{ts,tsx}'],
};
