import { Relay } from '../support/relay.ts';

/** The line to a database, which can be cut and mended again. */
export class Line {
  readonly #relay: Relay;
  readonly #state: { isCut: boolean };

  private constructor(relay: Relay, state: { isCut: boolean }) {
    this.#relay = relay;
    this.#state = state;
  }

  static async to(url: string): Promise<Line> {
    const state = { isCut: false };
    const relay = await Relay.to(url, ({ client, server, close }) => {
      if (state.isCut) close();
      client.pipe(server).pipe(client);
    });
    return new Line(relay, state);
  }

  /** The database through this line. */
  get url(): string {
    return this.#relay.url;
  }

  cut(): void {
    this.#state.isCut = true;
    this.#relay.cut();
  }

  mend(): void {
    this.#state.isCut = false;
  }

  close(): Promise<void> {
    return this.#relay.close();
  }
}
