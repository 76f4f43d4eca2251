// Waits for conditions, never for a fixed time.

const LIMIT_MILLIS = Number(process.env.TEST_LIMIT_SECONDS ?? 60) * 1000;
const STEP_MILLIS = 50;

/** Waits until a function does not throw or return false. */
export async function eventually(ask, what = 'condition') {
  const end = Date.now() + LIMIT_MILLIS;
  for (;;) {
    let problem;
    try {
      const answer = await ask();
      if (answer !== false) {
        return answer;
      }
      problem = new Error(`timeout: ${what}`);
    } catch (e) {
      problem = e;
    }
    if (Date.now() > end) {
      throw problem;
    }
    await new Promise((done) => setTimeout(done, STEP_MILLIS));
  }
}
