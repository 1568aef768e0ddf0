/** Who runs hygiene, as far as the machine knows. The database adds role and login to each event. */
export interface Actor {
  readonly osUser: string | null;
  readonly host: string | null;
  /** Name of the CI system, null outside of one. */
  readonly ci: string | null;
  /** Address of the CI run. */
  readonly ciUrl: string | null;
  /** Who started the CI run. */
  readonly ciUser: string | null;
  readonly commit: string | null;
}

export interface OperatingSystemFacts {
  readonly user: string | null;
  readonly host: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Reader = (name: string) => string | null;

interface CiSystem {
  readonly name: string;
  /** The variable that says that this is the system. */
  readonly mark: string;
  readonly url: (read: Reader) => string | null;
  readonly user: string;
  readonly commit: string;
}

/** Source: the list of predefined variables in each system's documentation. */
const systems: readonly CiSystem[] = [
  {
    name: 'GitHub Actions',
    mark: 'GITHUB_ACTIONS',
    url: (read) =>
      joined('/', [
        read('GITHUB_SERVER_URL'),
        read('GITHUB_REPOSITORY'),
        'actions/runs',
        read('GITHUB_RUN_ID'),
      ]),
    user: 'GITHUB_ACTOR',
    commit: 'GITHUB_SHA',
  },
  {
    name: 'GitLab CI',
    mark: 'GITLAB_CI',
    url: (read) => read('CI_JOB_URL') ?? read('CI_PIPELINE_URL'),
    user: 'GITLAB_USER_LOGIN',
    commit: 'CI_COMMIT_SHA',
  },
  {
    name: 'CircleCI',
    mark: 'CIRCLECI',
    url: (read) => read('CIRCLE_BUILD_URL'),
    user: 'CIRCLE_USERNAME',
    commit: 'CIRCLE_SHA1',
  },
  {
    name: 'Buildkite',
    mark: 'BUILDKITE',
    url: (read) =>
      joined('#', [read('BUILDKITE_BUILD_URL'), read('BUILDKITE_JOB_ID')]) ??
      read('BUILDKITE_BUILD_URL'),
    user: 'BUILDKITE_BUILD_CREATOR',
    commit: 'BUILDKITE_COMMIT',
  },
  {
    name: 'Azure Pipelines',
    mark: 'TF_BUILD',
    url: (read) => {
      const project = joined('', [read('SYSTEM_COLLECTIONURI'), read('SYSTEM_TEAMPROJECT')]);
      return joined('/_build/results?buildId=', [project, read('BUILD_BUILDID')]);
    },
    user: 'BUILD_REQUESTEDFOR',
    commit: 'BUILD_SOURCEVERSION',
  },
  {
    name: 'Bitbucket Pipelines',
    mark: 'BITBUCKET_BUILD_NUMBER',
    url: (read) =>
      joined('/pipelines/results/', [
        read('BITBUCKET_GIT_HTTP_ORIGIN'),
        read('BITBUCKET_BUILD_NUMBER'),
      ]),
    user: 'BITBUCKET_STEP_TRIGGERER_UUID',
    commit: 'BITBUCKET_COMMIT',
  },
  {
    name: 'Jenkins',
    mark: 'JENKINS_URL',
    url: (read) => read('BUILD_URL'),
    user: 'BUILD_USER_ID',
    commit: 'GIT_COMMIT',
  },
];

/** Who acts: OS user and host, and the CI run when there is one. */
export function readActor(environment: Environment, system: OperatingSystemFacts): Actor {
  const read: Reader = (name) => {
    const value = environment[name]?.trim() ?? '';
    return value === '' ? null : value;
  };
  const ci = systems.find(({ mark }) => ![null, 'false', '0'].includes(read(mark)));
  return {
    osUser: system.user,
    host: system.host,
    ci: ci?.name ?? null,
    ciUrl: withoutCredentials(ci?.url(read) ?? null),
    ciUser: read(ci?.user ?? ''),
    commit: read(ci?.commit ?? ''),
  };
}

function joined(separator: string, parts: readonly (string | null)[]): string | null {
  return parts.includes(null) ? null : parts.join(separator);
}

/** Some CI systems put a token into the addresses that they hand out. */
function withoutCredentials(url: string | null): string | null {
  return url === null ? null : url.replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1');
}
