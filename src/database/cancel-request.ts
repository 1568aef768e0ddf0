import { createConnection, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

const CANCEL_REQUEST_CODE = 80_877_102;
const SSL_REQUEST_CODE = 80_877_103;
const CANCEL_TIMEOUT_MS = 2_000;

export interface CancelTarget {
  readonly host: string;
  readonly port: number;
  /** Null where the session itself is not encrypted. */
  readonly tls: ConnectionOptions | null;
  readonly processId: number;
  readonly secretKey: number;
}

/**
 * Sends PostgreSQL's CancelRequest, which needs neither login nor a second session. Where the session is
 * encrypted it is too: proxies that route by server name let nothing else through, and it holds a secret.
 * Resolves when the server closed the socket, or after two seconds: a cancel is a wish, not a promise.
 * Source: PostgreSQL documentation, "Frontend/Backend Protocol", Canceling Requests in Progress.
 */
export async function sendCancelRequest(target: CancelTarget): Promise<void> {
  const { host, port, tls, processId, secretKey } = target;
  const message = request(CANCEL_REQUEST_CODE, processId, secretKey);
  const socket = host.startsWith('/')
    ? createConnection(`${host}/.s.PGSQL.${String(port)}`)
    : createConnection(port, host);
  await new Promise<void>((resolve) => {
    socket.setTimeout(CANCEL_TIMEOUT_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      resolve();
    });
    socket.on('connect', () => {
      if (tls === null) socket.end(message).resume();
      else sendEncrypted(socket, message, named(tls, host));
    });
  });
}

/** The length of the message, and what it is: all that the server reads before a login. */
function request(...words: readonly number[]): Buffer {
  const message = Buffer.alloc(4 * (words.length + 1));
  message.writeInt32BE(message.length, 0);
  words.forEach((word, at) => message.writeInt32BE(word, 4 * (at + 1)));
  return message;
}

function sendEncrypted(socket: Socket, message: Buffer, tls: ConnectionOptions): void {
  socket.write(request(SSL_REQUEST_CODE));
  socket.once('data', (answer) => {
    if (answer.toString('latin1') !== 'S') {
      socket.destroy();
      return;
    }
    const secured = connectTls({ ...tls, socket });
    secured.on('error', () => socket.destroy());
    secured.on('secureConnect', () => secured.end(message).resume());
  });
}

/** Says which name or address the server has to prove. */
function named(tls: ConnectionOptions, host: string): ConnectionOptions {
  return isIP(host) === 0 ? { servername: host, ...tls } : { host, ...tls };
}
