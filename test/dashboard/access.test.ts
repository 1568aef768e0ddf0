import { request } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { runCli } from '../support/cli.ts';
import { type Application, demoApplication } from './application.ts';
import { serve, type Served, stopAll } from './served.ts';

const TOKEN = 'a-token-of-more-than-16';

let application: Application;
let served: Served;
beforeAll(async () => {
  application = await demoApplication();
  served = await serve({
    cwd: application.cwd,
    url: application.database.url,
    argv: ['--allow-host', 'Dashboard.Example'],
    variables: { HYGIENE_SERVE_TOKEN: TOKEN },
  });
});
afterAll(stopAll);

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Unlike fetch it sends whatever headers it is told to. */
function ask(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${served.origin}${path}`, { method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

const bearer = { authorization: `Bearer ${TOKEN}` };

describe('who has no token', () => {
  test.each([['/'], ['/ledger'], ['/pages/user-management'], ['/progress/events'], ['/nothing']])(
    'gets nothing of %s',
    async (path) => {
      const { status, body } = await ask(path);
      expect(status).toBe(401);
      expect(body).toContain('enter the token');
      expect(body).not.toContain(application.database.name);
    },
  );

  test('gets nothing of the API, and a wrong one is refused', async () => {
    expect(await ask('/api/pages')).toMatchObject({ status: 401, body: '{"error":"no token"}' });
    for (const wrong of [`${TOKEN}x`, 'Bearer', '']) {
      const { status } = await ask('/', { authorization: `Bearer ${wrong}` });
      expect([wrong, status]).toEqual([wrong, 401]);
    }
    const { status, body } = await ask('/?token=wrong');
    expect(status).toBe(401);
    expect(body).toContain('not the token of this dashboard');
  });
});

describe('the token', () => {
  test('of the link becomes a cookie that no script can read, and leaves the address', async () => {
    const { status, headers } = await ask(`/ledger?event=applied&token=${TOKEN}`);
    expect([status, headers['location']]).toEqual([303, '/ledger?event=applied']);
    const [cookie = ''] = headers['set-cookie'] as readonly string[];
    expect(cookie).toMatch(/^hygiene_[0-9a-f]{8}=.*; Path=\/; HttpOnly; SameSite=Lax$/);
    const [pair = ''] = cookie.split(';');
    expect((await ask('/ledger', { cookie: pair })).status).toBe(200);
  });

  test('may be entered by hand', async () => {
    const send = (token: string): Promise<Response> =>
      fetch(`${served.origin}/session`, {
        method: 'POST',
        body: new URLSearchParams({ token }),
        redirect: 'manual',
      });
    expect((await send('wrong')).status).toBe(401);
    const right = await send(TOKEN);
    expect([right.status, right.headers.get('location')]).toEqual([303, '/']);
    expect(right.headers.get('set-cookie')).toContain('HttpOnly');
  });

  test('of fewer than 16 characters is refused, and nothing listens', async () => {
    const { cwd, database } = application;
    const variables = { DATABASE_URL: database.url, HYGIENE_SERVE_TOKEN: 'short' };
    const run = await runCli(['serve', '--port', '0'], { cwd, variables });
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining('HYG_USAGE')]);
  });
});

describe('other names and other sites', () => {
  const port = (): string => new URL(served.origin).port;

  test.each([['evil.example'], ['127.0.0.1'], ['127.0.0.1.evil.example']])(
    'the Host %j is refused, with the token too',
    async (host) => {
      const { status, body } = await ask('/', { ...bearer, host });
      expect(status).toBe(403);
      expect(body).not.toContain(application.database.name);
    },
  );

  test('its own names and the allowed one are answered', async () => {
    for (const host of [`127.0.0.1:${port()}`, `localhost:${port()}`, 'dashboard.example']) {
      expect([host, (await ask('/', { ...bearer, host })).status]).toEqual([host, 200]);
    }
  });

  test('requests of other sites are refused, its own are not', async () => {
    for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:1`]) {
      expect([origin, (await ask('/', { ...bearer, origin })).status]).toEqual([origin, 403]);
    }
    expect((await ask('/', { ...bearer, origin: served.origin })).status).toBe(200);
  });
});

describe('every answer', () => {
  test('forbids scripts in the page, frames, and being kept', async () => {
    for (const path of [
      '/',
      '/ledger',
      '/pages/user-management',
      '/api/pages',
      '/assets/theme.css',
      '/no',
    ]) {
      const { headers } = await ask(path, bearer);
      const policy = String(headers['content-security-policy']);
      expect([path, policy]).toEqual([path, expect.stringContaining("default-src 'none'")]);
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toContain('unsafe');
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
    }
  });

  test('to anything but a reading is 405', async () => {
    const others = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
    for (const method of others) {
      expect([method, (await ask('/ledger', bearer, method)).status]).toEqual([method, 405]);
    }
    expect((await ask('/ledger', bearer, 'HEAD')).status).toBe(200);
  });
});

describe('the command', () => {
  test('prints a link with a new token at each start, ends well, and logs neither token nor search', async () => {
    const { cwd, database } = application;
    const first = await serve({ cwd, url: database.url, argv: ['--log-level', 'info'] });
    const token = String(new URL(first.link).searchParams.get('token'));
    expect(token).toMatch(/^[0-9a-f]{32}$/);
    expect((await fetch(first.link, { redirect: 'manual' })).status).toBe(303);
    expect((await first.get('/api/pages/user-management/users?search=zofia')).status).toBe(200);
    const ended = await first.stop();
    expect([ended.code, ended.json()]).toMatchObject([0, { outcome: 'stopped' }]);
    const [, ...log] = ended.stderr.split('\n');
    expect(log.join('\n')).toContain('/api/pages/user-management/users');
    expect(log.join('\n')).not.toMatch(new RegExp(`${token}|zofia`));
    const second = await serve({ cwd, url: database.url });
    expect(new URL(second.link).searchParams.get('token')).not.toBe(token);
    await second.stop();
    await expect(fetch(second.origin)).rejects.toThrow();
  });

  test('ends also while somebody watches, and leaves no session behind', async () => {
    const { cwd, database } = application;
    const watched = await serve({ cwd, url: database.url });
    const stream = await watched.get('/progress/events');
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const ended = await watched.stop();
    expect(ended.code).toBe(0);
    await stream.body?.cancel().catch(() => undefined);
    await database.execute(`
      do $$
      begin
        for try in 1 .. 200 loop
          perform from pg_stat_activity where datname = current_database() and application_name like 'hygiene %'
             and pid <> pg_backend_pid();
          if not found then return; end if;
          perform pg_sleep(0.05), pg_stat_clear_snapshot();
        end loop;
        raise exception 'a session was left';
      end
      $$`);
  });

  test('says when its port is taken, and when it would answer to everybody', async () => {
    const { cwd, database } = application;
    const variables = { DATABASE_URL: database.url };
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const port = String((taken.address() as AddressInfo).port);
    const busy = await runCli(['serve', '--port', port], { cwd, variables });
    expect([busy.code, busy.stderr]).toEqual([2, expect.stringContaining('HYG_SERVE_ADDRESS')]);
    taken.close();
    for (const argv of [
      ['--host', '0.0.0.0'],
      ['--port', 'many'],
      ['--port', '65536'],
    ]) {
      const run = await runCli(['serve', ...argv], { cwd, variables });
      expect([argv, run.code, run.stderr]).toEqual([argv, 2, expect.stringContaining('HYG_USAGE')]);
    }
  });

  test('ends with 8 where the database cannot be reached at the start', async () => {
    const variables = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    const run = await runCli(['serve', '--port', '0'], { cwd: application.cwd, variables });
    expect(run.code).toBe(8);
  });
});
