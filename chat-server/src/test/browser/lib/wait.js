// Waits for conditions, never for a time.

const LIMIT_MILLIS = Number(process.env.TEST_LIMIT_SECONDS ?? 60) * 1000;
const STEP_MILLIS = 50;

/** Until what is asked does not throw, and is not false. */
export async function eventually(ask, what = 'it') {
  const end = Date.now() + LIMIT_MILLIS;
  for (;;) {
    let problem;
    try {
      const answer = await ask();
      if (answer !== false) {
        return answer;
      }
      problem = new Error(`${what} has not become true`);
    } catch (e) {
      problem = e;
    }
    if (Date.now() > end) {
      throw problem;
    }
    await new Promise((done) => setTimeout(done, STEP_MILLIS));
  }
}
