package io.chatroom.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Captures the server's log while a test runs, except for the counts that bounded logs print later.
 */
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  /**
   * The count of lines that a bounded log left out. It is printed seconds later, in whatever test
   * runs then.
   */
  private static final Pattern SUMMARY = Pattern.compile("\\d+ more .* in the last \\d+ s");

  private final Logger logger;
  private final boolean everything;
  private final @Nullable Level before;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();

  public LogCapture() {
    this("io.chatroom.server", Level.INFO);
  }

  private LogCapture(String name, Level level) {
    logger = (Logger) LoggerFactory.getLogger(name);
    everything = level == Level.TRACE;
    before = logger.getLevel();
    logger.setLevel(level);
    start();
    logger.addAppender(this);
  }

  /** Captures everything that the server logs, at any level, with stack traces. */
  public static LogCapture ofEverything() {
    return new LogCapture("io.chatroom.server", Level.TRACE);
  }

  /** Captures the log of one package, without lines that earlier tests caused. */
  public static LogCapture of(Class<?> inPackage) {
    return new LogCapture(inPackage.getPackageName(), Level.INFO);
  }

  /** The lines so far, oldest first. */
  public List<String> lines() {
    return lines;
  }

  /** The lines that report an error of the server itself. */
  public List<String> errors() {
    return errors;
  }

  /** Forgets the lines so far. */
  public void clear() {
    lines.clear();
    errors.clear();
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (!SUMMARY.matcher(event.getFormattedMessage()).matches()) {
      lines.add(event.getFormattedMessage());
    }
    if (everything && event.getThrowableProxy() != null) {
      lines.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
      errors.add(
          event.getThrowableProxy() == null
              ? event.getFormattedMessage()
              : event.getFormattedMessage()
                  + "\n"
                  + ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    logger.setLevel(before);
    stop();
  }
}
