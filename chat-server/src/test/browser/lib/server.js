// A server as users start it, and other clients.

import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './wait.js';

export const ROOT = resolve(fileURLToPath(import.meta.url), '../../../../../..');
export const SERVER_JAR = join(ROOT, 'chat-server/target/chat-server.jar');
export const CLIENT_JAR = join(ROOT, 'chat-client/target/chat-client.jar');
export const OUT = join(ROOT, 'chat-server/target/browser');

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  process.once(signal, () => process.exit(1)); // runs the exit handlers
}

const endings = [];
process.once('exit', () => endings.reverse().forEach((action) => action()));

/** Registers an action for the end of this process; the latest runs first. */
export function atExit(action) {
  endings.push(action);
}

/** A directory that is removed with this process. */
export function scratch() {
  const directory = mkdtempSync(join(tmpdir(), 'chat-browser-'));
  atExit(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 })); // a killed process may still write
  return directory;
}

/** The output of a command; rejects if the command fails. */
export function output(command, args, options = {}) {
  return new Promise((done, failed) => {
    execFile(command, args, { timeout: 60_000, ...options }, (error, stdout, stderr) => {
      if (error) {
        failed(new Error(`${command} ${args.join(' ')}: ${error.message}\n${stdout}${stderr}`));
      } else {
        done(stdout);
      }
    });
  });
}

export class Server {
  #args;
  #process = null;
  log = '';
  port = 0;

  constructor(args = []) {
    this.#args = args;
    atExit(() => this.#process?.kill('SIGKILL'));
  }

  static async started(args) {
    const server = new Server(args);
    await server.start();
    return server;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts; on the same port as before, if any. */
  async start() {
    const begin = this.log.length;
    const child = spawn('java', ['-jar', SERVER_JAR, '--host', '127.0.0.1', '--port', String(this.port), '--admin', 'off', ...this.#args]);
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => (this.log = (this.log + data).slice(-200_000)));
    }
    await eventually(() => {
      const found = this.log.slice(begin).match(/listening on 127\.0\.0\.1:(\d+)/);
      if (!found) {
        throw new Error(`the server has not started: ${this.log}`);
      }
      this.port = Number(found[1]);
    });
  }

  /** Kills it, as kill -9 does. */
  kill() {
    return this.#end('SIGKILL');
  }

  stop() {
    return this.#end('SIGTERM');
  }

  #end(signal) {
    const child = this.#process;
    this.#process = null;
    return new Promise((done) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) {
        done();
        return;
      }
      child.once('exit', done);
      child.kill(signal);
    });
  }

  curl(path, ...args) {
    return output('curl', ['-sS', '--max-time', '60', ...args, `${this.url}${path}`]);
  }

  /** Posts over HTTP, as the README shows. */
  async post(room, name, text) {
    return JSON.parse(await this.curl(`/api/rooms/${encodeURIComponent(room)}/messages?name=${encodeURIComponent(name)}`, '-d', text));
  }
}

/** `chat` in a terminal. */
export class Terminal {
  constructor(server, name, room) {
    this.socket = join(scratch(), 'tmux');
    this.command = ['java', '-jar', CLIENT_JAR, 'chat', `127.0.0.1:${server.port}`, '--name', name, '--room', room, '--config', join(scratch(), 'chat.json')];
    atExit(() => spawnSync('tmux', ['-S', this.socket, 'kill-server'], { stdio: 'ignore' }));
  }

  async open(columns = 100, rows = 30) {
    const size = ['-x', String(columns), '-y', String(rows)];
    await output('tmux', ['-S', this.socket, '-u', '-f', '/dev/null', 'new-session', '-d', ...size, ...this.command]);
  }

  screen() {
    return output('tmux', ['-S', this.socket, 'capture-pane', '-p']);
  }

  /** With the escape sequences for colours. */
  styledScreen() {
    return output('tmux', ['-S', this.socket, 'capture-pane', '-p', '-e']);
  }

  shows(what) {
    return eventually(async () => {
      const screen = await this.screen();
      if (!(what instanceof RegExp ? what.test(screen) : screen.includes(what))) {
        throw new Error(`the terminal does not show ${what}:\n${screen}`);
      }
    });
  }

  async type(line) {
    await output('tmux', ['-S', this.socket, 'send-keys', '-l', line]);
    await output('tmux', ['-S', this.socket, 'send-keys', 'Enter']);
  }

  close() {
    return output('tmux', ['-S', this.socket, 'kill-server']).catch(() => {});
  }
}

/** The programs of the seed if available, otherwise the client in the seed's protocol. */
export class Seed {
  #server;
  #output = '';
  #processes = [];

  constructor(server) {
    this.#server = server;
    atExit(() => this.end());
  }

  #program(name, jar) {
    const source = join(process.env.SEED_DIR ?? join(ROOT, '../shared/seed'), `${name}.py`);
    if (!existsSync(source)) {
      return spawn('java', ['-jar', CLIENT_JAR, ...jar, '--protocol', 'seed', `127.0.0.1:${this.#server.port}`]);
    }
    const copy = join(scratch(), `${name}.py`);
    const here = readFileSync(source, 'utf8').replace(/^IP = .*/m, "IP = '127.0.0.1'").replace(/^Port = .*/m, `Port = ${this.#server.port}`);
    writeFileSync(copy, here);
    return spawn('python3', ['-u', copy]);
  }

  listen() {
    const program = this.#program('listener', ['listen']);
    program.stdout.on('data', (data) => (this.#output += data));
    program.stderr.on('data', (data) => (this.#output += data));
    this.#processes.push(program);
  }

  receives(text) {
    return eventually(() => {
      if (!this.#output.includes(text)) {
        throw new Error(`the seed's listener has not received ${text}: ${this.#output}`);
      }
    });
  }

  send(name, ...lines) {
    const program = this.#program('sender', ['send', '--name', name]);
    this.#processes.push(program);
    program.stdin.write([name, ...lines, ''].join('\n'));
  }

  end() {
    for (const program of this.#processes.splice(0)) {
      program.kill('SIGKILL');
    }
  }
}
