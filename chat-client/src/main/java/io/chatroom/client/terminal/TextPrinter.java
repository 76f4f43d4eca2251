package io.chatroom.client.terminal;

import io.chatroom.client.chat.Gaps;
import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.session.FromServer;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** For people: {@code NAME: MESSAGE}, in the format of the seed's client. */
public final class TextPrinter extends MessagePrinter {

  private final NameColours colours;
  private final boolean showsRooms;

  public TextPrinter(OutputStream out, NameColours colours) {
    this(out, colours, false);
  }

  /**
   * @param showsRooms whether lines begin with the room, in brackets
   */
  public TextPrinter(OutputStream out, NameColours colours, boolean showsRooms) {
    super(out);
    this.colours = colours;
    this.showsRooms = showsRooms;
  }

  @Override
  String format(ChatMessage message) {
    return colours.paint(message.name()) + ":    " + Shown.of(message.text());
  }

  @Override
  String format(FromServer.Message message, String mark, String epoch) {
    String line = format(new ChatMessage(mark + message.from(), text(message)));
    return showsRooms ? "[" + Shown.of(message.room().text()) + "] " + line : line;
  }

  private static String text(FromServer.Message message) {
    String text = message.text();
    return text == null ? "" : text;
  }

  /** Prints nothing: these lines have no numbers, so the deleted one cannot be named. */
  @Override
  @Nullable String format(FromServer.Event deletion, String epoch) {
    return null;
  }

  @Override
  String format(FromServer.Gap gap, String epoch) {
    String numbers =
        gap.to() < gap.from() ? "" : "; " + gap.from() + " to " + gap.to() + " are missing";
    String why =
        switch (gap.why()) {
          case FromServer.Gap.EPOCH ->
              "a new history begins here, "
                  + epoch
                  + ", and messages before it may be missing, too";
          default -> Shown.of(Gaps.reason(gap));
        };
    return "-- gap in " + Shown.of(gap.room().text()) + ": " + why + numbers;
  }
}
