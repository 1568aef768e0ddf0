import { HygieneError } from '../../kernel/errors.ts';
import type { Command, CommandContext, CommandResult } from '../command.ts';
import type { GivenOptions } from '../given-options.ts';
import { ownOption } from '../options.ts';

const PORT = 4680;
const PORT_MAX = 65_535;
/** What a page may ask of the database, in seconds. */
const STATEMENT_SECONDS = 5;
const TOKEN_MIN = 16;
const TOKEN_VARIABLE = 'HYGIENE_SERVE_TOKEN';

/**
 * Serves the dashboard until it is stopped.
 * @public
 */
export async function serve(context: CommandContext): Promise<CommandResult> {
  const { world, connect, given, style, announce, say, io } = context;
  const token = tokenFrom(io.variables[TOKEN_VARIABLE]);
  const options = { ...addressOf(given), token };
  const { serveDashboard } = await import('../../dashboard/serve.ts');
  const statementTimeoutMs = given.milliseconds('statement-timeout', STATEMENT_SECONDS);
  const served = await serveDashboard(world, { ...connect, statementTimeoutMs }, options);
  announce(served.target, served.environment);
  const { url } = served;
  const link = token === null ? `${url}?token=${served.token}` : url;
  say([
    style.bold(link),
    token === null
      ? 'Whoever has this link can read the pages; each start has a new one.'
      : `It asks for the token of ${TOKEN_VARIABLE}.`,
    'It only reads. Stop it with Ctrl-C or SIGTERM.',
  ]);
  if (given.flag('json')) io.stderr(`${JSON.stringify({ url: link })}\n`);
  await served.closed;
  return { outcome: 'stopped', exitCode: 0, text: ['Stopped.'], fields: { url } };
}

function addressOf(given: GivenOptions): {
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
} {
  const names = given.text('allow-host')?.split(',') ?? [];
  return {
    host: given.text('host') ?? '127.0.0.1',
    port: portFrom(given.text('port')),
    allowedHosts: names.map((name) => name.trim()).filter((name) => name !== ''),
  };
}

function portFrom(text: string | null): number {
  if (text === null) return PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : PORT_MAX + 1;
  if (port <= PORT_MAX) return port;
  throw new HygieneError('HYG_USAGE', {
    message: `--port is "${text}", but must be a number from 0 to ${String(PORT_MAX)}.`,
    hint: '--port 0 takes any port that is free.',
  });
}

/** From the environment only: what stands in a command line, every user of the machine can read. */
function tokenFrom(given: string | undefined): string | null {
  if (given === undefined || given === '') return null;
  if (given.length >= TOKEN_MIN) return given;
  throw new HygieneError('HYG_USAGE', {
    message: `${TOKEN_VARIABLE} has fewer than ${String(TOKEN_MIN)} characters.`,
    hint: 'openssl rand -hex 16   makes one; without the variable each start makes its own.',
  });
}

export const serveCommand: Command = {
  name: 'serve',
  usage: 'serve',
  describe: 'Serve the dashboard to browsers on this machine',
  options: {
    host: ownOption('string', 'Address to listen at [127.0.0.1]'),
    port: ownOption('string', 'Port, 0: any that is free [4680]'),
    'allow-host': ownOption('string', 'Further names with their ports, with commas between them'),
  },
  positionals: [],
  run: serve,
};
