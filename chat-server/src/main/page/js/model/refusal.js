/** The reason why an action failed, as the server or the page gives it. */
export class Refusal extends Error {
  constructor({ code, do: act, text, afterMillis }) {
    super(text);
    this.code = code;
    this.do = act;
    this.text = text;
    this.afterMillis = afterMillis;
  }
}

export function offline() {
  return new Refusal({ code: 'offline', do: 'retry', text: 'You are not connected to the server.' });
}

/** Rejects. */
export async function refuse(code, text, act = 'change') {
  throw new Refusal({ code, do: act, text });
}
