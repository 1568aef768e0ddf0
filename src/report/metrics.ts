/** One number with its labels. */
interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** What monitoring wants to know; times in seconds since 1970. */
export interface MetricFacts {
  readonly ledgerInstalled: boolean;
  /** Whether what was looked at of the chain fits. */
  readonly chainIntact: boolean;
  /** What `up` would stop at before anything runs. */
  readonly hasProblem: boolean;
  readonly pending: number;
  readonly statuses: ReadonlyMap<string, number>;
  readonly guardsMissing: number;
  readonly guardsPending: number;
  readonly verifications: readonly {
    readonly migrationId: string;
    readonly at: Date;
    readonly passed: boolean;
  }[];
  readonly applied: readonly { readonly migrationId: string; readonly at: Date }[];
  readonly openRuns: readonly { readonly migrationId: string; readonly since: Date }[];
  readonly batches: readonly {
    readonly migrationId: string;
    readonly rowsDone: number;
    readonly rowsTotal: number | null;
  }[];
  /** Null where the role may not see them. */
  readonly archives: readonly { readonly migrationId: string; readonly expiresAt: Date }[] | null;
}

/** The media type of {@link metricsText}. */
export const METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** The facts as OpenMetrics 1.0, which Prometheus and its kin read. */
export function metricsText(facts: MetricFacts): string {
  const lines = metricsOf(facts).flatMap(({ name, help, samples }) => [
    `# TYPE ${name} gauge`,
    `# HELP ${name} ${help}`,
    ...samples.map(({ labels = {}, value }) => `${name}${labelText(labels)} ${String(value)}`),
  ]);
  return [...lines, '# EOF', ''].join('\n');
}

function metricsOf(facts: MetricFacts): readonly Metric[] {
  return [...stateMetrics(facts), ...migrationMetrics(facts)];
}

function stateMetrics(facts: MetricFacts): readonly Metric[] {
  const { statuses, pending, guardsMissing, guardsPending } = facts;
  const one = (name: string, help: string, value: number | boolean): Metric => ({
    name: `hygiene_${name}`,
    help,
    samples: [{ value: Number(value) }],
  });
  return [
    one('ledger_installed', '1 when the database has a ledger.', facts.ledgerInstalled),
    one('chain_intact', '0 when the ledger was changed, cut or replaced.', facts.chainIntact),
    one('problem', '1 when up would stop before anything runs.', facts.hasProblem),
    one('migrations_pending', 'Migrations that up would apply.', pending),
    one('guards_missing', 'Migrations with a seed guard that somebody removed.', guardsMissing),
    one('guards_pending', 'Migrations with a seed guard still to be added.', guardsPending),
    {
      name: 'hygiene_migrations',
      help: 'Migrations by where they stand.',
      samples: [...statuses].map(([status, value]) => ({ labels: { status }, value })),
    },
  ];
}

function migrationMetrics(facts: MetricFacts): readonly Metric[] {
  const { verifications, applied, openRuns, batches, archives } = facts;
  const by = <T extends { readonly migrationId: string }>(
    each: readonly T[],
    valueOf: (one: T) => number,
  ): readonly Sample[] =>
    each.map((one) => ({ labels: { migration: one.migrationId }, value: valueOf(one) }));
  const known = batches.filter(({ rowsTotal }) => rowsTotal !== null);
  return [
    {
      name: 'hygiene_verified_timestamp_seconds',
      help: 'When the lasting checks were repeated last.',
      samples: by(verifications, ({ at }) => seconds(at)),
    },
    {
      name: 'hygiene_verification_passed',
      help: '0 when the last repetition failed: rows came back.',
      samples: by(verifications, ({ passed }) => Number(passed)),
    },
    {
      name: 'hygiene_applied_timestamp_seconds',
      help: 'When it was applied.',
      samples: by(applied, ({ at }) => seconds(at)),
    },
    {
      name: 'hygiene_run_started_timestamp_seconds',
      help: 'Of a run without an end: when it began.',
      samples: by(openRuns, ({ since }) => seconds(since)),
    },
    {
      name: 'hygiene_batch_rows_done',
      help: 'Rows that a migration in batches has done.',
      samples: by(batches, ({ rowsDone }) => rowsDone),
    },
    {
      name: 'hygiene_batch_rows',
      help: 'Rows that it has to do in all.',
      samples: by(known, ({ rowsTotal }) => rowsTotal ?? 0),
    },
    {
      name: 'hygiene_archive_expires_timestamp_seconds',
      help: 'When the retention of what it archived ends.',
      samples: by(archives ?? [], ({ expiresAt }) => seconds(expiresAt)),
    },
  ];
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function escaped(value: string): string {
  return value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`);
}
