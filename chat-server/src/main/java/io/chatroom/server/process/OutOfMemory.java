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
 * Ends the process when its memory is used up, because a server of which a part has failed limps,
 * and nobody starts a limping server again.
 *
 * <p>An event loop survives whatever its tasks and handlers throw: Netty catches it and logs it. So
 * the log is where such errors are seen, all of them, whoever threw them; what is not even caught
 * comes to the handler of uncaught exceptions. Only the command does this: somebody who has a
 * server in a program of their own decides for themselves.
 */
public final class OutOfMemory extends TurboFilter {

  /** The same as that of a JVM with {@code -XX:+ExitOnOutOfMemoryError}. */
  static final int EXIT_CODE = 3;

  /** Made in advance: there may be no memory for it later. */
  private static final byte[] SENTENCE =
      "chat-server: out of memory; give it more (java -Xmx512m), or let fewer in (--max-connections)\n"
          .getBytes(StandardCharsets.UTF_8);

  private static final int MOST_CAUSES = 10;

  private OutOfMemory() {}

  /** From here on an error for want of memory, heap or direct, ends this process. */
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
