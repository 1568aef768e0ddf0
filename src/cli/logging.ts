import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Logger as PinoLogger, pino as Pino } from 'pino';

import type { Logger } from '../kernel/ports.ts';

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** Absolute; null: stderr only. */
  readonly file: string | null;
  readonly stderr: (text: string) => void;
}

/** A logger that loads pino with the first line that is really written: most runs write none. */
export function createLogger(options: LogOptions): Logger {
  const threshold = logLevels.indexOf(options.level);
  let logger: PinoLogger | undefined;
  const at =
    (level: Exclude<LogLevel, 'silent'>) =>
    (fields: object, message: string): void => {
      if (logLevels.indexOf(level) < threshold) return;
      logger ??= startPino(options);
      logger[level](fields, message);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Loaded at once, since a log call cannot wait and a killed process writes nothing later. */
function startPino({ level, file, stderr }: LogOptions): PinoLogger {
  const { pino } = createRequire(import.meta.url)('pino') as { pino: typeof Pino };
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    {
      write: (line: string) => {
        stderr(line);
        if (file !== null) appendFileSync(file, line);
      },
    },
  );
}
