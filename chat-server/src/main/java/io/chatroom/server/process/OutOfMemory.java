package io.chatroom.server.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Ends the process when its memory is exhausted: a server that has partly failed would limp on,
 * while one that has ended is restarted.
 *
 * <p>Netty catches and logs everything that tasks and handlers on an event loop throw. So this
 * class watches the log for such errors, and handles uncaught exceptions, too. Only the command
 * does this: a program that embeds a server decides for itself.
 */
public final class OutOfMemory extends TurboFilter {

  /** The exit code of a JVM with {@code -XX:+ExitOnOutOfMemoryError}. */
  static final int EXIT_CODE = 3;

  /** Encoded in advance, as there can be no memory later. */
  private static final byte[] SENTENCE =
      "chat-server: out of memory; give it more (java -Xmx512m), or let fewer in (--max-connections)\n"
          .getBytes(StandardCharsets.UTF_8);

  private static final int MOST_CAUSES = 10;

  private OutOfMemory() {}

  /** Ends this process when heap or direct memory is exhausted, from here on. */
  public static void endsThisProcess() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.addTurboFilter(new OutOfMemory());
    }
    Thread.UncaughtExceptionHandler others =
        (thread, e) -> LoggerFactory.getLogger(OutOfMemory.class).error("{} ended", thread, e);
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> {
          endIfOutOfMemory(e);
          others.uncaughtException(thread, e);
        });
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] arguments,
      @Nullable Throwable thrown) {
    endIfOutOfMemory(thrown);
    if (arguments != null
        && arguments.length > 0
        && arguments[arguments.length - 1] instanceof Throwable last) {
      endIfOutOfMemory(last);
    }
    return FilterReply.NEUTRAL;
  }

  private static void endIfOutOfMemory(@Nullable Throwable thrown) {
    Throwable cause = thrown;
    for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
      if (cause instanceof OutOfMemoryError) {
        System.err.write(SENTENCE, 0, SENTENCE.length);
        System.err.flush();
        Runtime.getRuntime().halt(EXIT_CODE);
      }
      cause = cause.getCause();
    }
  }
}
