import { describe, expect, test } from '@jest/globals';
import { sql } from '../../src/kernel/sql.ts';
import { readActor } from '../../src/ledger/actor.ts';
import { compareIdentity, type DatabaseIdentity, readIdentity } from '../../src/ledger/identity.ts';
import { useDatabase } from '../support/database.ts';
import { connectTo } from './installed-ledger.ts';

const system = { user: 'ada', host: 'runner-7' };

describe('the actor', () => {
  test('outside of CI is the OS user on the host', () => {
    expect(readActor({ CI: '' }, system)).toEqual({
      osUser: 'ada',
      host: 'runner-7',
      ci: null,
      ciUrl: null,
      ciUser: null,
      commit: null,
    });
  });

  test.each([
    {
      ci: 'GitHub Actions',
      variables: {
        GITHUB_ACTIONS: 'true',
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_REPOSITORY: 'acme/shop',
        GITHUB_RUN_ID: '42',
        GITHUB_SHA: 'abc',
        GITHUB_ACTOR: 'grace',
      },
      ciUrl: 'https://github.com/acme/shop/actions/runs/42',
      ciUser: 'grace',
    },
    {
      ci: 'GitLab CI',
      variables: {
        GITLAB_CI: 'true',
        CI_JOB_URL: 'https://gitlab.example/job/1',
        CI_COMMIT_SHA: 'abc',
        GITLAB_USER_LOGIN: 'grace',
      },
      ciUrl: 'https://gitlab.example/job/1',
      ciUser: 'grace',
    },
    {
      ci: 'CircleCI',
      variables: {
        CIRCLECI: 'true',
        CIRCLE_BUILD_URL: 'https://circle.example/1',
        CIRCLE_SHA1: 'abc',
      },
      ciUrl: 'https://circle.example/1',
      ciUser: null,
    },
    {
      ci: 'Buildkite',
      variables: {
        BUILDKITE: 'true',
        BUILDKITE_BUILD_URL: 'https://kite.example/1',
        BUILDKITE_JOB_ID: 'j2',
        BUILDKITE_COMMIT: 'abc',
      },
      ciUrl: 'https://kite.example/1#j2',
      ciUser: null,
    },
    {
      ci: 'Azure Pipelines',
      variables: {
        TF_BUILD: 'True',
        SYSTEM_COLLECTIONURI: 'https://dev.azure.com/acme/',
        SYSTEM_TEAMPROJECT: 'shop',
        BUILD_BUILDID: '9',
        BUILD_SOURCEVERSION: 'abc',
      },
      ciUrl: 'https://dev.azure.com/acme/shop/_build/results?buildId=9',
      ciUser: null,
    },
    {
      ci: 'Bitbucket Pipelines',
      variables: {
        BITBUCKET_BUILD_NUMBER: '5',
        BITBUCKET_GIT_HTTP_ORIGIN: 'https://bitbucket.org/acme/shop',
        BITBUCKET_COMMIT: 'abc',
      },
      ciUrl: 'https://bitbucket.org/acme/shop/pipelines/results/5',
      ciUser: null,
    },
    {
      ci: 'Jenkins',
      variables: {
        JENKINS_URL: 'https://ci.example/',
        BUILD_URL: 'https://bot:secret@ci.example/job/1/',
        GIT_COMMIT: 'abc',
      },
      ciUrl: 'https://ci.example/job/1/',
      ciUser: null,
    },
  ])('in $ci names the run and the commit', ({ ci, variables, ciUrl, ciUser }) => {
    expect(readActor(variables, system)).toEqual({
      osUser: 'ada',
      host: 'runner-7',
      ci,
      ciUrl,
      ciUser,
      commit: 'abc',
    });
  });

  test('is in no CI system whose mark says false', () => {
    expect(readActor({ GITHUB_ACTIONS: 'false', GITHUB_SHA: 'abc' }, system).ci).toBeNull();
  });

  test('leaves an address out when a part of it is missing', () => {
    expect(readActor({ GITHUB_ACTIONS: 'true', GITHUB_SHA: 'abc' }, system)).toMatchObject({
      ciUrl: null,
      commit: 'abc',
    });
  });
});

describe('the identity', () => {
  const database = useDatabase();

  test('is read from the server', async () => {
    const connection = await connectTo(database.url);
    const [facts] = await database.query<{ oid: number; system: string; port: number }>(`
      select oid::int as oid,
             (select system_identifier::text from pg_control_system()) as system,
             inet_server_port() as port
        from pg_database where datname = current_database()
    `);
    expect(await readIdentity(connection, 'the-marker')).toEqual({
      systemIdentifier: facts?.system,
      timeline: 1,
      database: database.name,
      databaseOid: facts?.oid,
      address: '127.0.0.1',
      port: facts?.port,
      marker: 'the-marker',
    });
    await connection.close();
  });

  test('lacks what a role may not read, and the transaction goes on', async () => {
    await database.execute('revoke execute on function pg_control_system() from public');
    await database.execute('create role nobody_special');
    const connection = await connectTo(database.url);
    await connection.script('begin; set local role nobody_special');
    expect(await readIdentity(connection)).toMatchObject({
      systemIdentifier: null,
      timeline: null,
      marker: null,
    });
    expect((await connection.query(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
    await connection.script('rollback; drop role nobody_special');
    await connection.close();
  });

  const marked: DatabaseIdentity = {
    systemIdentifier: '7',
    timeline: 1,
    database: 'shop',
    databaseOid: 5,
    address: '10.0.0.1',
    port: 5432,
    marker: 'm',
  };

  test('is compared field by field', () => {
    expect(compareIdentity(marked, marked)).toEqual([]);
    expect(compareIdentity(marked, { ...marked, systemIdentifier: '8', database: 'copy' })).toEqual(
      [
        { field: 'systemIdentifier', marked: '7', now: '8' },
        { field: 'database', marked: 'shop', now: 'copy' },
      ],
    );
    const other: DatabaseIdentity = {
      systemIdentifier: '8',
      timeline: 2,
      database: 'copy',
      databaseOid: 6,
      address: '10.0.0.2',
      port: 5433,
      marker: 'n',
    };
    expect(compareIdentity(marked, other).map(({ field }) => field)).toEqual(Object.keys(marked));
  });

  test('does not differ in what one side does not know', () => {
    expect(compareIdentity(marked, { ...marked, systemIdentifier: null, address: null })).toEqual(
      [],
    );
    expect(compareIdentity({ ...marked, marker: null }, marked)).toEqual([]);
  });
});
