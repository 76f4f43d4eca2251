package io.chatroom.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/**
 * Lets somebody who is tired of waiting end a process that stops in order. The JVM takes a second
 * signal for the first one repeated, and does nothing.
 *
 * <p>What can be done about that is in {@code sun.misc}: supported by every JDK, but by reflection
 * only, as the compiler warns of it in a way that cannot be turned off.
 */
final class SecondSignal {

  private static final List<String> SIGNALS = List.of("TERM", "INT", "HUP");
  private static final int EXIT_CODE_OF_A_SIGNAL = 128;

  private SecondSignal() {}

  /** From here on a signal ends this process at once, with the exit code of one. */
  static void endsThisProcess() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object end =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  int number = (int) signal.getMethod("getNumber").invoke(arguments[0]);
                  Runtime.getRuntime().halt(EXIT_CODE_OF_A_SIGNAL + number);
                }
                return null;
              });
      for (String name : SIGNALS) {
        handle(signal, handler, name, end);
      }
    } catch (ReflectiveOperationException e) {
      // A JDK without it: a second signal does nothing, as ever.
    }
  }

  private static void handle(Class<?> signal, Class<?> handler, String name, Object end)
      throws ReflectiveOperationException {
    try {
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), end);
    } catch (InvocationTargetException e) {
      // The JVM was told to leave that signal alone, or this system has none of that name.
    }
  }
}
