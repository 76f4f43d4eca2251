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
 * The server's console: each line as it is, without time or level, or as JSON; written by a thread
 * of its own.
 *
 * <p>Logback asks it how to log. It is code because reading the same from XML takes a fifth of the
 * start. It answers only when the command runs, so a program that has a server in it logs as it
 * likes, and so does whoever names a file of their own with {@code -Dlogback.configurationFile}.
 */
public final class ConsoleLog extends ContextAwareBase implements Configurator {

  /** Lines that wait for the console. */
  private static final int QUEUE_LINES = 8192;

  private static final String[] ABOUT_NETWORK_CARDS = {
    "util.NetUtilInitializations",
    "util.NetUtil",
    "util.internal.MacAddressUtil",
    "channel.DefaultChannelId"
  };

  /** How long the end of the process waits for them. */
  private static final int FLUSH_MILLIS = 300;

  private static volatile boolean wanted;
  private static volatile LogFormat format = LogFormat.TEXT;
  private static volatile LogLevel level = LogLevel.INFO;

  /** Must be called before anything is logged. */
  public static void ofThisProcess() {
    wanted = System.getProperty("logback.configurationFile") == null;
  }

  /** How its lines look, and which there are. Must be called before anything is logged. */
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
    // Of a peer that does not take our last words it would write a line each, and not bounded.
    context.getLogger("io.netty.handler.ssl").setLevel(Level.ERROR);
    // On a machine without a network card these say so at each start; a loopback is a network, too.
    for (String about : ABOUT_NETWORK_CARDS) {
      context.getLogger("io.netty." + about).setLevel(Level.ERROR);
    }
    // What it cannot do it throws, too, and who called it tells of that in words for people.
    context.getLogger("org.sqlite").setLevel(Level.OFF);
    context.getLogger("com.zaxxer.hikari").setLevel(Level.OFF); // who uses it tells what matters
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

  /** A console that nobody reads must not stop the room: beyond the queue, lines are dropped. */
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
