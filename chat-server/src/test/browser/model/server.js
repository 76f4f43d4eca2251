import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const JAR = fileURLToPath(new URL('../../../../target/chat-server.jar', import.meta.url));

/** Starts the real server. */
export async function startServer({ port = 0, args = [] } = {}) {
  const child = spawn('java', ['-Xmx200m', '-jar', JAR, '--port', String(port), '--admin', 'off', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const listening = new Promise((resolve, reject) => {
    const take = (data) => {
      log += data;
      const found = /listening on \S*?:(\d+)/i.exec(log);
      if (found) {
        resolve(Number(found[1]));
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('exit', (code) => reject(new Error(`the server exited with ${code}:\n${log}`)));
  });
  const bound = await listening;
  return {
    port: bound,
    url: `ws://127.0.0.1:${bound}/ws`,
    log: () => log,
    /** @param {'SIGTERM'|'SIGKILL'} signal */
    stop: (signal = 'SIGTERM') =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        if (!child.kill(signal)) {
          resolve();
        }
      }),
  };
}
