package io.chatroom.client;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Records the calls of a room's listener, one line each. */
final class RoomRecord implements RoomListener {

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  volatile @Nullable Thread thread;

  /** Waits for the next call. */
  String next() throws InterruptedException {
    String line = lines.poll(60, TimeUnit.SECONDS);
    if (line == null) {
      throw new AssertionError("nothing was heard");
    }
    return line;
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  private void add(String line) {
    thread = Thread.currentThread();
    lines.add(line);
  }

  @Override
  public void onMessage(SessionClient client, FromServer.Message message) {
    add("message " + client.position(message.room()) + " " + message.text());
  }

  @Override
  public void onEvent(SessionClient client, FromServer.Event event) {
    add("event " + client.position(event.room()) + " " + event.kind());
  }

  @Override
  public void onAck(SessionClient client, FromServer.Ack ack, FromClient.Post post) {
    add("ack " + client.position(ack.room()) + " " + post.text());
  }

  @Override
  public void onGap(SessionClient client, FromServer.Gap gap) {
    add("gap " + gap.from() + "-" + gap.to() + " " + gap.why());
  }

  @Override
  public void onJoined(SessionClient client, FromServer.Joined joined) {
    add("joined " + joined.epoch() + " " + joined.seq());
  }

  @Override
  public void onPresence(SessionClient client, FromServer.Presence presence) {
    add("presence " + presence.count());
  }

  @Override
  public void onLeft(SessionClient client, RoomName room, @Nullable RefusedException reason) {
    add("left " + room + (reason == null ? "" : " " + reason.code()));
  }
}
