import { Relay } from '../support/relay.ts';

/** The statements that clients of a database sent, in their order. */
export interface TappedDatabase {
  /** Leads to the same database. */
  readonly url: string;
  readonly statements: readonly string[];
  close(): Promise<void>;
}

/** Stands between clients and a server on loopback, passes everything on and reads the statements. */
export async function tapped(databaseUrl: string): Promise<TappedDatabase> {
  const statements: string[] = [];
  const relay = await Relay.to(databaseUrl, ({ client, server }) => {
    const reader = new StatementReader((text) => statements.push(text));
    client.on('data', (chunk: Buffer) => {
      reader.read(chunk);
    });
    client.pipe(server).pipe(client);
  });
  return { url: relay.url, statements, close: () => relay.close() };
}

/** Messages begin with their type and length, but for the first of a connection, which has no type. */
class StatementReader {
  readonly #found: (text: string) => void;
  #rest = Buffer.alloc(0);
  #isFirst = true;

  constructor(found: (text: string) => void) {
    this.#found = found;
  }

  read(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    for (let size = this.#nextSize(); size !== null; size = this.#nextSize()) {
      const message = this.#rest.subarray(0, size);
      this.#rest = this.#rest.subarray(size);
      if (!this.#isFirst) this.#readMessage(message);
      this.#isFirst = false;
    }
  }

  #nextSize(): number | null {
    const typeBytes = this.#isFirst ? 0 : 1;
    if (this.#rest.length < typeBytes + 4) return null;
    const size = typeBytes + this.#rest.readInt32BE(typeBytes);
    return this.#rest.length < size ? null : size;
  }

  /** `Q` is one text; `P` the name of the prepared statement and then the text. */
  #readMessage(message: Buffer): void {
    const type = String.fromCharCode(message[0] ?? 0);
    const [first = '', second = ''] = message.subarray(5).toString('utf8').split('\0');
    const text = new Map([
      ['Q', first],
      ['P', second],
    ]).get(type);
    if (text !== undefined && text !== '') this.#found(text);
  }
}
