package io.chatroom.client.terminal;

import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.FromServer;
import java.io.OutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * For programs: {@code {"name":"…","text":"…","at":"2026-11-23T10:00:00.000Z"}}, followed in a
 * session by {@code "room"}, {@code "seq"} and {@code "epoch"}. Nothing is lost: control characters
 * are written as {@code \\uXXXX}, which every JSON reader decodes.
 */
public final class JsonPrinter extends MessagePrinter {

  /** Always with milliseconds, so that the lines sort as text. */
  private static final DateTimeFormatter ISO_UTC =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private final InstantSource clock;

  /**
   * @param clock supplies the time of arrival: the seed's protocol carries no time
   */
  public JsonPrinter(OutputStream out, InstantSource clock) {
    super(out);
    this.clock = clock;
  }

  @Override
  String format(ChatMessage message) {
    return escapeHidden(fields(message.name(), message.text(), clock.instant()) + "}");
  }

  /**
   * The same fields with the server's time, followed by the message's place, and {@code owned}
   * instead of a mark.
   */
  @Override
  String format(FromServer.Message message, String mark, String epoch) {
    String text = message.text();
    StringBuilder json =
        fields(message.from(), text == null ? "" : text, Instant.ofEpochMilli(message.at()));
    field(json, "room", message.room().text());
    json.append(",\"seq\":").append(message.seq());
    field(json, "epoch", epoch);
    if (message.owned()) {
      json.append(",\"owned\":true");
    }
    return escapeHidden(json.append('}').toString());
  }

  /** Has no text either; its place is the event's. */
  @Override
  String format(FromServer.Event deletion, String epoch) {
    StringBuilder json = new StringBuilder("{\"deleted\":").append(deletion.targetSeq());
    field(json, "by", deletion.by());
    field(json, "at", ISO_UTC.format(Instant.ofEpochMilli(deletion.at())));
    field(json, "room", deletion.room().text());
    json.append(",\"seq\":").append(deletion.seq());
    field(json, "epoch", epoch);
    return escapeHidden(json.append('}').toString());
  }

  /** Has no text, which distinguishes it. */
  @Override
  String format(FromServer.Gap gap, String epoch) {
    StringBuilder json = new StringBuilder("{\"gap\":\"");
    JsonStringEncoder.getInstance().quoteAsString(gap.why(), json);
    json.append("\",\"from\":").append(gap.from()).append(",\"to\":").append(gap.to());
    field(json, "room", gap.room().text());
    field(json, "epoch", epoch);
    return escapeHidden(json.append('}').toString());
  }

  private static StringBuilder fields(String name, String text, Instant at) {
    StringBuilder json = new StringBuilder(text.length() + 128);
    json.append("{\"name\":\"");
    JsonStringEncoder.getInstance().quoteAsString(name, json);
    json.append('"');
    field(json, "text", text);
    field(json, "at", ISO_UTC.format(at));
    return json;
  }

  private static void field(StringBuilder json, String name, String value) {
    json.append(",\"").append(name).append("\":\"");
    JsonStringEncoder.getInstance().quoteAsString(value, json);
    json.append('"');
  }

  /** Escapes what {@link VisibleText} would change; only inside strings. */
  @SuppressWarnings("ReferenceEquality") // VisibleText returns the same object if nothing changes
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
