package io.chatroom.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the server logs while a test runs. */
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.chatroom.server");
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final List<String> errors = new CopyOnWriteArrayList<>();

  public LogCapture() {
    start();
    logger.addAppender(this);
  }

  /** The lines so far, oldest first. */
  public List<String> lines() {
    return lines;
  }

  /** Those of them that tell of an error of our own. */
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
    lines.add(event.getFormattedMessage());
    if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
      errors.add(event.getFormattedMessage());
    }
  }

  @Override
  public void close() {
    logger.detachAppender(this);
    stop();
  }
}
