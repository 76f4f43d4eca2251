package io.chatroom.client.chat;

import io.chatroom.protocol.ChatMessage;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records the screen, a text for each line. For any thread. */
final class RecordingScreen implements Screen {

  final List<String> shown = new CopyOnWriteArrayList<>();
  volatile Standing standing = Standing.NOTHING;

  @Override
  public void heard(Instant at, ChatMessage message, boolean mention) {
    shown.add((mention ? "!" : "") + message.name() + ": " + message.text());
  }

  @Override
  public void heardElsewhere(boolean mention) {
    if (mention) {
      shown.add("(rings)");
    }
  }

  @Override
  public void past(Instant at, ChatMessage message) {
    shown.add("before " + message.name() + ": " + message.text());
  }

  @Override
  public void pastNote(Instant at, String sentence) {
    shown.add("-- " + sentence);
  }

  @Override
  public void rule(String words) {
    shown.add("== " + words);
  }

  @Override
  public void pause() {}

  @Override
  public void said(Instant at, ChatMessage message) {
    shown.add("said " + message.text());
  }

  @Override
  public void note(String sentence) {
    shown.add("-- " + sentence);
  }

  @Override
  public void status(Standing now) {
    standing = now;
  }

  @Override
  public void clear() {
    shown.clear();
  }
}
