package io.chatroom.server.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;

/**
 * The server's console log: plain lines without time or level, or JSON. A thread of its own writes
 * it.
 *
 * <p>It configures Logback in code, because parsing the same from XML would take a fifth of the
 * start time. It takes effect only in the server's command, so a program that embeds a server has
 * its own logging; {@code -Dlogback.configurationFile} overrides it.
 */
public final class ConsoleLog extends ContextAwareBase implements Configurator {

  /** Maximum number of lines that wait for the console. */
  private static final int QUEUE_LINES = 8192;

  private static final String[] ABOUT_NETWORK_CARDS = {
    "util.NetUtilInitializations",
    "util.NetUtil",
    "util.internal.MacAddressUtil",
    "channel.DefaultChannelId"
  };

  /** Time that the process waits for them at its end. */
  private static final int FLUSH_MILLIS = 300;

  private static volatile boolean wanted;
  private static volatile LogFormat format = LogFormat.TEXT;
  private static volatile LogLevel level = LogLevel.INFO;

  /** Must be called before anything is logged. */
  public static void ofThisProcess() {
    wanted = System.getProperty("logback.configurationFile") == null;
  }

  /** Sets the format and the level. Must be called before anything is logged. */
  public static void set(LogFormat format, LogLevel level) {
    ConsoleLog.format = format;
    ConsoleLog.level = level;
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (!wanted) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Level least = level.ofLogback();
    context.getLogger("io.netty").setLevel(least.isGreaterOrEqual(Level.WARN) ? least : Level.WARN);
    // It logs each peer that does not take our close_notify, without bound.
    context.getLogger("io.netty.handler.ssl").setLevel(Level.ERROR);
    // Without a network card these warn at each start, although a loopback is enough.
    for (String about : ABOUT_NETWORK_CARDS) {
      context.getLogger("io.netty." + about).setLevel(Level.ERROR);
    }
    // Its errors are also thrown, and callers report them in words for people.
    context.getLogger("org.sqlite").setLevel(Level.OFF);
    context.getLogger("com.zaxxer.hikari").setLevel(Level.OFF); // its users log what matters
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(least);
    root.addAppender(behindAQueue(console(context), context));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static ConsoleAppender<ILoggingEvent> console(LoggerContext context) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setEncoder(format == LogFormat.JSON ? json(context) : text(context));
    console.start();
    return console;
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setPattern("%msg%n");
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    JsonLines encoder = new JsonLines();
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  /** A blocked console must not stop the server: beyond the queue, lines are dropped. */
  private static AsyncAppender behindAQueue(
      ConsoleAppender<ILoggingEvent> console, LoggerContext context) {
    AsyncAppender queue = new AsyncAppender();
    queue.setContext(context);
    queue.setQueueSize(QUEUE_LINES);
    queue.setDiscardingThreshold(0);
    queue.setNeverBlock(true);
    queue.setMaxFlushTime(FLUSH_MILLIS);
    queue.addAppender(console);
    queue.start();
    return queue;
  }
}
