// Appends events to a ledger, as a deploy of its own would. argv: database URL, how many.
import pg from 'pg';

const [url, count] = process.argv.slice(2);
const client = new pg.Client({ connectionString: url });
await client.connect();
for (let n = 1; n <= Number(count); n += 1) {
  await client.query('select hygiene.append_event($1::jsonb)', [
    JSON.stringify({ event: 'backup', note: `${String(process.pid)} ${String(n)}` }),
  ]);
}
await client.end();
