import { type CliRun, runCli } from '../support/cli.ts';

/** A running `hygiene serve`, as the command line starts it. */
export interface Served {
  /** With the token, as it was printed. */
  readonly link: string;
  /** Without it. */
  readonly origin: string;
  /** As SIGTERM does. */
  stop(): Promise<CliRun>;
  /** One answer to whoever has the token. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

interface Place {
  readonly cwd: string;
  readonly url: string;
  readonly argv?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

const running = new Set<Served>();

/** For the end of a test file: one that is left running keeps the process from ending. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((served) => served.stop()));
}

export async function serve({ cwd, url, argv = [], variables = {} }: Place): Promise<Served> {
  const stopping = new AbortController();
  let listening: (link: string) => void = () => undefined;
  const printed = new Promise<string>((resolve) => {
    listening = resolve;
  });
  const ended = runCli(['serve', '--port', '0', '--json', ...argv], {
    cwd,
    variables: { DATABASE_URL: url, ...variables },
    signal: stopping.signal,
    onStderr: (text) => {
      const found = /^\{"url":"([^"]+)"\}$/m.exec(text)?.[1];
      if (found !== undefined) listening(found);
    },
  });
  const failed = ended.then((run) => {
    throw new Error(`serve ended with ${run.code}: ${run.stdout}${run.stderr}`);
  });
  const link = await Promise.race([printed, failed]);
  failed.catch(() => undefined);
  const { origin, searchParams } = new URL(link);
  const token = searchParams.get('token') ?? variables['HYGIENE_SERVE_TOKEN'] ?? '';
  const served: Served = {
    link,
    origin,
    stop: () => {
      running.delete(served);
      stopping.abort();
      return ended;
    },
    get: (path, headers = {}) =>
      fetch(`${origin}${path}`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
        redirect: 'manual',
      }),
  };
  running.add(served);
  return served;
}
