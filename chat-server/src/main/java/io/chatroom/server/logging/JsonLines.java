package io.chatroom.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A log for programs: one JSON object per line, with the field names {@code severity}, {@code time}
 * and {@code message} of Google's Cloud Logging. Logback's own encoder uses other names, which
 * cannot be configured.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {

  private static final byte[] NOTHING = {};

  private final JsonFactory json = new JsonFactory();
  private final ThrowableProxyConverter stackTraces = new ThrowableProxyConverter();

  @Override
  public void start() {
    stackTraces.start();
    super.start();
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (JsonGenerator object = json.createGenerator(ObjectWriteContext.empty(), line)) {
      object.writeStartObject();
      object.writeStringProperty("severity", severity(event.getLevel()));
      object.writeStringProperty("time", event.getInstant().toString());
      object.writeStringProperty("message", event.getFormattedMessage());
      object.writeStringProperty("logger", event.getLoggerName());
      object.writeStringProperty("thread", event.getThreadName());
      if (event.getThrowableProxy() != null) {
        object.writeStringProperty("exception", stackTraces.convert(event));
      }
      object.writeEndObject();
    }
    line.write('\n');
    return line.toByteArray();
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  private static String severity(Level level) {
    return switch (level.toInt()) {
      case Level.ERROR_INT -> "ERROR";
      case Level.WARN_INT -> "WARNING";
      case Level.INFO_INT -> "INFO";
      default -> "DEBUG";
    };
  }
}
