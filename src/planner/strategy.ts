/**
 * How the rows of a purge are taken out of their tables.
 * `delete`: children first. `detach`: the same, with the foreign keys switched off meanwhile and checked
 * once at the end. `rewrite`: tables that lose most of their rows are emptied and get their survivors back.
 */
export type Strategy = 'delete' | 'detach' | 'rewrite';

/** `online`: others work on the tables. `maintenance`: nobody does, so tables may be locked as a whole. */
export type Window = 'online' | 'maintenance';
