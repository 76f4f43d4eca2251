package io.chatroom.client.terminal;

import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.VisibleText;
import java.io.OutputStream;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * For programs: {@code {"name":"…","text":"…","at":"2026-11-23T10:00:00.000Z"}}. Nothing is lost:
 * what a terminal would obey is written as {@code \\uXXXX}, which every JSON reader turns back.
 */
public final class JsonPrinter extends MessagePrinter {

  /** Always with milliseconds, so that the lines sort as text. */
  private static final DateTimeFormatter ISO_UTC =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private final InstantSource clock;

  /**
   * @param clock says when a message arrived: the protocol carries no time
   */
  public JsonPrinter(OutputStream out, InstantSource clock) {
    super(out);
    this.clock = clock;
  }

  @Override
  String format(ChatMessage message) {
    StringBuilder json = new StringBuilder(message.text().length() + 64);
    JsonStringEncoder quoter = JsonStringEncoder.getInstance();
    json.append("{\"name\":\"");
    quoter.quoteAsString(message.name(), json);
    json.append("\",\"text\":\"");
    quoter.quoteAsString(message.text(), json);
    json.append("\",\"at\":\"").append(ISO_UTC.format(clock.instant())).append("\"}");
    return escapeHidden(json.toString());
  }

  /**
   * What is not shown as it is by {@link VisibleText} becomes an escape; here only inside strings.
   */
  @SuppressWarnings("ReferenceEquality") // VisibleText hands back the same object where all is well
  private static String escapeHidden(String json) {
    if (VisibleText.of(json) == json) {
      return json;
    }
    StringBuilder safe = new StringBuilder(json.length() + 16);
    json.codePoints()
        .mapToObj(Character::toString)
        .forEach(
            character -> {
              if (VisibleText.of(character) == character) {
                safe.append(character);
              } else {
                character.chars().forEach(c -> safe.append(String.format("\\u%04x", c)));
              }
            });
    return safe.toString();
  }
}
