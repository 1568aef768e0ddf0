/**
 * As much of the AWS command line as the docs use. The members of the answer are those of the reference of
 * DescribeDBSnapshots; `--query` is answered by the language that the real program uses.
 */
import { parseArgs } from 'node:util';

import { search } from 'jmespath';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'db-instance-identifier': { type: 'string' },
    output: { type: 'string' },
    query: { type: 'string' },
  },
});
const instance = values['db-instance-identifier'];

const snapshot = (type, status, day) => ({
  DBSnapshotIdentifier: `rds:${instance}-${day}`,
  DBInstanceIdentifier: instance,
  SnapshotCreateTime: `${day}T02:00:11.483000+00:00`,
  Engine: 'postgres',
  Status: status,
  SnapshotType: type,
  DBSnapshotArn: `arn:aws:rds:eu-central-1:123456789012:snapshot:rds:${instance}-${day}`,
});

if (positionals.join(' ') !== 'rds describe-db-snapshots' || values.output !== 'json') {
  process.exit(252);
}
const answer = {
  DBSnapshots: [
    snapshot('manual', 'available', '2026-01-12'),
    snapshot('automated', 'available', '2026-01-11'),
    snapshot('automated', 'creating', '2026-01-13'),
  ],
};
process.stdout.write(`${JSON.stringify(search(answer, values.query), null, 4)}\n`);
