package io.chatroom.server.process;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Takes signals that would otherwise end the process, or do nothing.
 *
 * <p>What can be done about signals is in {@code sun.misc}: supported by every JDK, but by
 * reflection only, as the compiler warns of it in a way that cannot be turned off.
 */
public final class Signals {

  private static final int EXIT_CODE_OF_A_SIGNAL = 128;

  private Signals() {}

  /** From here on a second signal ends this process at once, with the exit code of one. */
  public static void endThisProcess() {
    for (String name : new String[] {"TERM", "INT"}) {
      take(name, number -> Runtime.getRuntime().halt(EXIT_CODE_OF_A_SIGNAL + number));
    }
  }

  /** Does something about a signal. */
  interface Handler {

    /** The signal has come; called on a thread of its own. */
    void handle(int number);
  }

  /**
   * Takes a signal from here on. Nothing happens where it cannot be taken: when it was to be
   * ignored as this process began, as by {@code nohup}, or when this system has none of that name.
   *
   * @param name without SIG
   */
  static void take(String name, Handler what) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  what.handle((int) signal.getMethod("getNumber").invoke(arguments[0]));
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (InvocationTargetException e) {
      // The JVM leaves that signal alone, or this system has none of that name.
    } catch (ReflectiveOperationException e) {
      // A JDK without it: the signal does what it always did.
    }
  }
}
