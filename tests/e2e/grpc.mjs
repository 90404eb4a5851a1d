/*
 * grpc: gRPC over Node's HTTP/2, both ends, without TLS.
 *
 * The rule: bytes in, bytes out; what a message means is the caller's business. A message
 * travels as one flag byte (0: not compressed), four bytes of length, and its bytes; the
 * status follows as trailers.
 */
import http2 from 'node:http2';

/* The messages of a stream, one after the other. */
export async function* messages(stream) {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const end = 5 + rest.readUInt32BE(1);
      yield rest.subarray(5, end);
      rest = rest.subarray(end);
    }
  }
}

export function frame(bytes) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

export class GrpcError extends Error {
  constructor(message, code = 2) {
    super(message);
    this.code = code;
  }
}

/*
 * Serves `handlers`: path → async (stream, headers) that yields the messages of the answer.
 * A GrpcError thrown by it, or a path without a handler, is answered as that status.
 */
export async function serve(handlers) {
  const server = http2.createServer();
  const sessions = new Set();
  server.on('session', (session) => sessions.add(session.on('close', () => sessions.delete(session))));
  server.on('stream', (stream, headers) => answer(stream, headers, handlers).catch(() => stream.destroy()));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    close: () => {
      for (const session of sessions) session.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(stream, headers, handlers) {
  let status = { 'grpc-status': '0' };
  stream.on('error', () => {});
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(status));
  try {
    const handler = handlers[headers[':path']];
    if (!handler) throw new GrpcError(`the rig does not know ${headers[':path']}`, 12);
    for await (const message of handler(stream, headers)) if (!stream.destroyed) stream.write(frame(message));
  } catch (error) {
    status = { 'grpc-status': String(error.code ?? 2), 'grpc-message': encodeURIComponent(error.message) };
  }
  if (!stream.destroyed) stream.end();
}

/* A client on a connection that exists already (a Duplex). */
export function connect(duplex) {
  const session = http2.connect('http://session', { createConnection: () => duplex });
  session.on('error', () => {});
  return {
    close: () => session.destroy(),

    /* Opens a call; `send` writes a message, `messages` reads, `finish` says that no more is sent. */
    open(path, headers = {}) {
      const stream = session.request({
        ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers', ...headers,
      });
      let status = { code: 0, message: '' };
      const note = (trailers) => {
        if (trailers['grpc-status'] === undefined) return;
        status = { code: Number(trailers['grpc-status']), message: decodeURIComponent(trailers['grpc-message'] ?? '') };
      };
      stream.on('response', note).on('trailers', note).on('error', () => {});
      return {
        send: (bytes) => stream.write(frame(bytes)),
        finish: () => stream.end(),
        async* messages() {
          yield* messages(stream);
          if (status.code) throw new GrpcError(status.message, status.code);
        },
      };
    },

    async call(path, bytes) {
      const call = this.open(path);
      call.send(bytes);
      call.finish();
      let result = Buffer.alloc(0);
      for await (const message of call.messages()) result = message;
      return result;
    },
  };
}
