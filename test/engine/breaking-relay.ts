import { Relay } from '../support/relay.ts';

/** When the connection breaks: before the server sees the COMMIT, or after it has answered. */
export type BreakPoint = 'before commit' | 'after commit';

const COMMIT_MESSAGE = Buffer.from('commit\0');

/**
 * Stands between a runner and the server, and breaks the connection once.
 * @param spared how many COMMITs go through before the one that does not
 */
export function breakingRelay(url: string, breakPoint: BreakPoint, spared = 0): Promise<Relay> {
  let commits = 0;
  const isTheOne = (message: Buffer): boolean => {
    const isCommit = message.subarray(-COMMIT_MESSAGE.length).equals(COMMIT_MESSAGE);
    if (isCommit) commits += 1;
    return isCommit && commits === spared + 1;
  };
  return Relay.to(url, ({ client, server, close }) => {
    let answerIsLast = false;
    client.on('data', (message: Buffer) => {
      if (!isTheOne(message)) server.write(message);
      else if (breakPoint === 'before commit') close();
      else {
        answerIsLast = true;
        server.write(message);
      }
    });
    server.on('data', (message: Buffer) => {
      if (answerIsLast) close();
      else client.write(message);
    });
  });
}
