import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server,
  type Socket,
} from 'node:net';

/** When the connection breaks: before the server sees the COMMIT, or after it has answered. */
export type BreakPoint = 'before commit' | 'after commit';

const COMMIT_MESSAGE = Buffer.from('commit\0');

/** Stands between a runner and the server, and breaks the connection at one COMMIT. */
export class BreakingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #breakPoint: BreakPoint | null;
  #spared: number;

  private constructor(server: Server, breakPoint: BreakPoint, spared: number) {
    this.#server = server;
    this.#breakPoint = breakPoint;
    this.#spared = spared;
  }

  /**
   * @param url of the real server
   * @param spared how many COMMITs go through before the one that does not
   */
  static async start(
    url: string,
    breakPoint: BreakPoint,
    spared = 0,
  ): Promise<{ proxy: BreakingProxy; url: string }> {
    const target = new URL(url);
    const server = createServer();
    const proxy = new BreakingProxy(server, breakPoint, spared);
    server.on('connection', (client) => {
      proxy.#forward(client, createConnection(Number(target.port), target.hostname));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String((server.address() as AddressInfo).port);
    return { proxy, url: through.href };
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #forward(client: Socket, server: Socket): void {
    let answerIsLast = false;
    const close = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', close);
      socket.on('close', close);
    }
    client.on('data', (chunk: Buffer) => {
      if (
        this.#breakPoint !== null &&
        chunk.subarray(-COMMIT_MESSAGE.length).equals(COMMIT_MESSAGE) &&
        this.#spared-- <= 0
      ) {
        if (this.#breakPoint === 'before commit') {
          close();
          this.#breakPoint = null;
          return;
        }
        answerIsLast = true;
        this.#breakPoint = null;
      }
      server.write(chunk);
    });
    server.on('data', (chunk: Buffer) => {
      if (answerIsLast) close();
      else client.write(chunk);
    });
  }
}
