import {
  type AddressInfo,
  createConnection,
  createServer,
  type Server,
  type Socket,
} from 'node:net';

/** Both ends of one connection through a relay, which passes on what its handler lets it pass on. */
export interface Relayed {
  readonly client: Socket;
  readonly server: Socket;
  readonly close: () => void;
}

/** Stands on loopback between clients and a server. */
export class Relay {
  /** Leads to the same database. */
  readonly url: string;
  readonly #listener: Server;
  readonly #open = new Set<Relayed>();

  private constructor(url: string, listener: Server) {
    this.url = url;
    this.#listener = listener;
  }

  /**
   * @param url of the database
   * @param join told of each new connection; nothing passes before it has seen to that
   */
  static async to(url: string, join: (relayed: Relayed) => void): Promise<Relay> {
    const { hostname, port } = new URL(url);
    const listener = createServer();
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen(0, '127.0.0.1', resolve);
    });
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String((listener.address() as AddressInfo).port);
    const relay = new Relay(through.href, listener);
    listener.on('connection', (client) => {
      join(relay.#relayed(client, createConnection(Number(port), hostname)));
    });
    return relay;
  }

  /** Ends the connections of now; new ones can come. */
  cut(): void {
    for (const relayed of this.#open) relayed.close();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#listener.close(() => {
        resolve();
      });
      this.cut();
    });
  }

  /** What ends at one end, ends at the other. */
  #relayed(client: Socket, server: Socket): Relayed {
    const relayed = {
      client,
      server,
      close: (): void => {
        this.#open.delete(relayed);
        client.destroy();
        server.destroy();
      },
    };
    this.#open.add(relayed);
    for (const socket of [client, server]) {
      socket.on('error', relayed.close);
      socket.on('close', relayed.close);
    }
    return relayed;
  }
}
