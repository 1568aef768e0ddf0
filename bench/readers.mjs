// Readers of a dashboard, each with its progress open, who load a page every few seconds, until stdin ends.
//
// argv: link with the token, number of readers, milliseconds between two pages of one reader.
// Prints { pages, failed, p95 } as JSON; times in milliseconds.
import http from 'node:http';

const [link, readers, every] = process.argv.slice(2);
const { origin, searchParams } = new URL(link);
const headers = { authorization: `Bearer ${searchParams.get('token')}` };
const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
const PAGES = ['/', '/ledger', '/pages/users', '/progress', '/migrations'];

const times = [];
let failed = 0;
let isOver = false;
const over = new Promise((resolve) => {
  process.stdin.on('end', () => resolve((isOver = true))).resume();
});

function get(path) {
  return new Promise((resolve) => {
    const request = http.get(`${origin}${path}`, { headers, agent }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    request.on('error', () => resolve(0));
  });
}

async function read() {
  const watching = http.get(`${origin}/progress/events`, { headers, agent: false }, (response) =>
    response.resume(),
  );
  watching.on('error', () => undefined);
  await Promise.race([wait(Math.random() * Number(every)), over]);
  for (let at = 0; !isOver; at += 1) {
    const start = performance.now();
    const status = await get(PAGES[at % PAGES.length]);
    times.push(performance.now() - start);
    if (status !== 200) failed += 1;
    await Promise.race([wait(Number(every)), over]);
  }
  watching.destroy();
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

await Promise.all(Array.from({ length: Number(readers) }, read));
times.sort((a, b) => a - b);
const p95 = times[Math.floor(times.length * 0.95)] ?? 0;
process.stdout.write(JSON.stringify({ pages: times.length, failed, p95 }));
agent.destroy();
