import { randomBytes } from 'node:crypto';
import http from 'node:http';

/** The parts of a browser's WebSocket that the model uses; Debian's Node has none. */
export class NodeWebSocket {
  onopen = null;
  onmessage = null;
  onclose = null;
  #socket = null;
  #isClosed = false;
  #buffer = Buffer.alloc(0);
  #parts = [];

  constructor(url, protocols) {
    const { hostname, port, pathname } = new URL(url);
    const request = http.request({
      host: hostname,
      port,
      path: pathname,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Protocol': protocols.join(', '),
      },
    });
    request.on('upgrade', (response, socket, head) => {
      this.#socket = socket;
      socket.setNoDelay(true);
      socket.on('data', (data) => this.#take(data));
      socket.on('error', () => this.#end(1006));
      socket.on('close', () => this.#end(1006));
      if (this.#isClosed) {
        socket.destroy();
        return;
      }
      this.onopen?.();
      this.#take(head);
    });
    request.on('response', (response) => {
      response.resume();
      this.#end(1006);
    });
    request.on('error', () => this.#end(1006));
    request.end();
  }

  send(text) {
    this.#write(0x81, Buffer.from(text));
  }

  close() {
    this.#isClosed = true;
    if (this.#socket !== null) {
      this.#write(0x88, Buffer.from([0x03, 0xe8]));
      this.#socket.end();
    }
  }

  /** As when the network goes. */
  cut() {
    this.#socket?.destroy();
  }

  #write(first, payload) {
    const { length } = payload;
    const mask = randomBytes(4);
    const header =
      length < 126
        ? Buffer.from([first, 0x80 | length])
        : length < 65536
          ? Buffer.from([first, 0x80 | 126, length >> 8, length & 0xff])
          : Buffer.concat([Buffer.from([first, 0x80 | 127, 0, 0, 0, 0]), uint32(length)]);
    const masked = Buffer.from(payload);
    for (let i = 0; i < length; i++) {
      masked[i] ^= mask[i & 3];
    }
    this.#socket.write(Buffer.concat([header, mask, masked]));
  }

  #take(data) {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (;;) {
      const b = this.#buffer;
      if (b.length < 2) {
        return;
      }
      const short = b[1] & 0x7f;
      const start = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (b.length < start) {
        return;
      }
      const length = short === 126 ? b.readUInt16BE(2) : short === 127 ? Number(b.readBigUInt64BE(2)) : short;
      if (b.length < start + length) {
        return;
      }
      this.#buffer = b.subarray(start + length);
      this.#frame(b[0], b.subarray(start, start + length));
    }
  }

  #frame(first, payload) {
    const code = first & 0x0f;
    if (code === 9) {
      this.#write(0x8a, payload);
    } else if (code === 8) {
      this.#end(payload.length >= 2 ? payload.readUInt16BE(0) : 1005);
      this.#socket.end();
    } else if (code <= 1) {
      this.#parts.push(payload);
      if ((first & 0x80) !== 0) {
        const text = Buffer.concat(this.#parts).toString();
        this.#parts = [];
        this.onmessage?.({ data: text });
      }
    }
  }

  #end(code) {
    if (!this.#isClosed || this.onclose !== null) {
      this.#isClosed = true;
      const { onclose } = this;
      this.onclose = null;
      onclose?.({ code });
    }
  }
}

function uint32(n) {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(n);
  return b;
}
