// Eight clients that each write at a fixed rate, as an application does, until stdin ends.
// A write counts from the moment it was due, so that one that is held up holds up those behind it.
//
// argv: database URL, writes a second of each client. Prints "warm" when its writes begin to count, and
// { writes, p99 } as JSON at the end.
import pg from 'pg';

const CLIENTS = 8;
/** The first writes of a process are slow by themselves. */
const WARM_UP_MS = 2_000;
const [url, rate] = process.argv.slice(2);
const every = 1000 / Number(rate);
const latencies = [];
let isWarm = false;
let isOver = false;
process.stdin.on('end', () => (isOver = true)).resume();

async function write(client, due) {
  const id = 10 * (1 + Math.floor(Math.random() * 20_000));
  await client.query('update users set name = name where id = $1', [id]);
  if (isWarm) latencies.push(performance.now() - due);
}

async function run() {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (let due = performance.now() + Math.random() * every; !isOver; due += every) {
    const early = due - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    await write(client, Math.max(due, 0));
  }
  await client.end();
}

setTimeout(() => {
  isWarm = true;
  process.stdout.write('warm\n');
}, WARM_UP_MS);
await Promise.all(Array.from({ length: CLIENTS }, run));
latencies.sort((a, b) => a - b);
const p99 = latencies[Math.floor(latencies.length * 0.99)];
process.stdout.write(JSON.stringify({ writes: latencies.length, p99 }));
