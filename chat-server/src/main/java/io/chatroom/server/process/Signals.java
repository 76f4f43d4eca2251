package io.chatroom.server.process;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Handles signals that would otherwise end the process, or do nothing.
 *
 * <p>Uses {@code sun.misc}, which every JDK supports, by reflection, because its use causes a
 * compiler warning that cannot be suppressed.
 */
public final class Signals {

  private static final int EXIT_CODE_OF_A_SIGNAL = 128;

  private Signals() {}

  /** Lets a second signal end this process at once, with that signal's exit code. */
  public static void endThisProcess() {
    for (String name : new String[] {"TERM", "INT"}) {
      take(name, number -> Runtime.getRuntime().halt(EXIT_CODE_OF_A_SIGNAL + number));
    }
  }

  /** Handles a signal. */
  interface Handler {

    /** Called on a thread of its own when the signal has arrived. */
    void handle(int number);
  }

  /**
   * Begins to handle a signal. Does nothing where that is impossible: if the process was started
   * with the signal ignored, as by {@code nohup}, or the system does not have it.
   *
   * @param name its name without SIG
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
      // The JVM does not allow it, or the system does not have it.
    } catch (ReflectiveOperationException e) {
      // A JDK without sun.misc: the signal keeps its default action.
    }
  }
}
