package io.chatroom.client.terminal;

import io.chatroom.protocol.ChatMessage;
import java.io.OutputStream;

/** For people: {@code NAME: MESSAGE}, as the first client of this protocol prints it. */
public final class TextPrinter extends MessagePrinter {

  private final NameColours colours;

  public TextPrinter(OutputStream out, NameColours colours) {
    super(out);
    this.colours = colours;
  }

  @Override
  String format(ChatMessage message) {
    return colours.paint(message.name()) + ":    " + Shown.of(message.text());
  }
}
