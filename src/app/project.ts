import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

import { sha256 } from '../kernel/digest.ts';
import { HygieneError } from '../kernel/errors.ts';
import { defaultLedgerNames, type LedgerNames } from '../ledger/names.ts';
import { checksumOf, rememberingReader } from '../runner/checksum.ts';
import { discoverMigrations } from '../runner/discover.ts';
import { nodeFileSystem } from '../runner/file-system.ts';
import { createImporter, type Importer } from '../runner/importer.ts';
import type { MigrationSource } from '../runner/inspection.ts';
import type { Config } from './config.ts';

/** The files of one project: migrations and config. Read lazily, each at most once. */
export class Project {
  readonly directory: string;
  readonly importer: Importer = createImporter();
  readonly #configPath: string | null;
  #config: Promise<Config> | undefined;

  get configPath(): string | null {
    return this.#configPath;
  }

  /** The names of the settings that the config file itself gives. */
  async writtenSettings(): Promise<ReadonlySet<string>> {
    if (this.#configPath === null) return new Set();
    const { defaultExport, importModule } = await import('../runner/load.ts');
    const exported = defaultExport(await importModule(this.#configPath, this.importer));
    return new Set(Object.keys(exported as object));
  }

  /** @param configPath null when there is no config file */
  constructor(directory: string, configPath: string | null) {
    this.directory = directory;
    this.#configPath = configPath;
  }

  config(): Promise<Config> {
    this.#config ??= this.#loadConfig();
    return this.#config;
  }

  /**
   * Where the ledger is. A config that does not even hold the word `schemas` cannot move it, so `up`
   * with nothing pending needs no TypeScript loader.
   */
  async ledgerNames(): Promise<LedgerNames> {
    const mayMove = couldNameSchemas(this.#configText());
    return mayMove ? (await this.config()).names : defaultLedgerNames;
  }

  /** As a migration's checksum: whatever the config imports counts, line ends do not. */
  configFingerprint(): string {
    if (this.#configPath === null) return sha256('');
    return checksumOf({ path: this.#configPath }, (path) => nodeFileSystem.readText(path));
  }

  /**
   * @throws HygieneError HYG_LOAD_NO_DIRECTORY, HYG_LOAD_NO_MIGRATIONS and those of discovery
   */
  migrations(): MigrationSource {
    const files = discoverMigrations(nodeFileSystem, this.directory);
    if (files.length === 0) throw noMigrations(this.directory);
    const readText = rememberingReader((path) => nodeFileSystem.readText(path));
    const checksums = new Map(files.map((file) => [file.id, checksumOf(file, readText)]));
    return {
      files: files.map(({ id }) => ({ id, checksum: checksums.get(id) ?? '' })),
      load: async (id) => {
        const file = files.find((each) => each.id === id);
        if (file === undefined) throw new Error(`${id} was not discovered`);
        const { loadMigration } = await import('../runner/load.ts');
        const { toRunnable } = await import('../runner/runnable.ts');
        return toRunnable(await loadMigration(file, this.importer), checksums.get(id) ?? '');
      },
    };
  }

  /** The files of one migration as they are now; empty where they are gone. */
  sourcesOf(id: string): readonly { readonly name: string; readonly text: string }[] {
    const file = discoverMigrations(nodeFileSystem, this.directory).find((each) => each.id === id);
    if (file === undefined) return [];
    return [file.path, ...(file.verifyPath === undefined ? [] : [file.verifyPath])].map((path) => ({
      name: basename(path),
      text: nodeFileSystem.readText(path) ?? '',
    }));
  }

  #configText(): string {
    if (this.#configPath === null) return '';
    if (!existsSync(this.#configPath)) throw noConfig(this.#configPath);
    return readFileSync(this.#configPath, 'utf8');
  }

  async #loadConfig(): Promise<Config> {
    const { defaultConfig, loadConfig } = await import('./config.ts');
    if (this.#configPath === null) return defaultConfig;
    if (!existsSync(this.#configPath)) throw noConfig(this.#configPath);
    return loadConfig(this.#configPath, this.importer);
  }
}

/** Whatever is imported could hold the word too, but for this package itself. */
function couldNameSchemas(text: string): boolean {
  const imported = text.matchAll(/(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g);
  return text.includes('schemas') || [...imported].some(([, name]) => name !== 'pg-hygiene');
}

function noConfig(path: string): HygieneError {
  return new HygieneError('HYG_CONFIG_INVALID', {
    message: `There is no config file ${path}.`,
    hint: 'Correct --config (or HYGIENE_CONFIG), or make one with `hygiene init`.',
  });
}

function noMigrations(directory: string): HygieneError {
  return new HygieneError('HYG_LOAD_NO_MIGRATIONS', {
    message: `${directory} holds no migration.`,
    hint: 'Write the first one: hygiene create purge_demo_users. Or name another directory with --dir.',
  });
}
