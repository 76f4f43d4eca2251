package io.chatroom.client.cli;

import io.chatroom.client.RefusedException;
import io.chatroom.client.RoomListener;
import io.chatroom.client.SessionClient;
import io.chatroom.client.chat.Unproven;
import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Receives rooms for {@link WantedMessages}: drops messages from before the wanted time, and
 * reports a gap if earlier ones may be missing. On the client's thread, except for {@link #left}.
 */
final class HeardRooms implements RoomListener {

  private final WantedMessages messages;
  private final long sinceMillis;
  private final boolean marks;
  private final Map<RoomName, String> epochs = new HashMap<>();

  /** The end of each room's history, until a message in it is new enough. */
  private final Map<RoomName, Past> pasts = new HashMap<>();

  private final CompletableFuture<Void> left = new CompletableFuture<>();

  /** The state of a room when it was joined. */
  private record Past(long first, long newest) {}

  /**
   * @param sinceMillis the time of the oldest wanted message; 0 for all
   * @param marks whether names without proof get a mark
   */
  HeardRooms(WantedMessages messages, long sinceMillis, boolean marks) {
    this.messages = messages;
    this.sinceMillis = sinceMillis;
    this.marks = marks;
  }

  /** Fails when the client is removed from a room. */
  CompletableFuture<Void> left() {
    return left;
  }

  private String epoch(RoomName room) {
    return epochs.getOrDefault(room, "");
  }

  @Override
  public void onJoined(SessionClient client, FromServer.Joined joined) {
    boolean isFirst = epochs.put(joined.room(), joined.epoch()) == null;
    if (sinceMillis == 0 || !isFirst) {
      return;
    }
    pasts.put(joined.room(), new Past(joined.first(), joined.seq()));
    if (joined.first() > joined.seq()) {
      tellOfMore(joined.room());
    }
  }

  /**
   * Reports that messages may be missing: even the oldest kept one is new enough, so deleted ones
   * may have been, too.
   */
  private void tellOfMore(RoomName room) {
    Past past = pasts.get(room);
    if (past != null && past.first > 1) {
      messages.take(
          new FromServer.Gap(room, 1, past.first - 1, FromServer.Gap.RETENTION), epoch(room));
    }
  }

  /** True if it is older than the wanted messages. */
  private boolean isTooOld(RoomName room, long seq, long at) {
    Past past = pasts.get(room);
    if (past == null) {
      return false;
    }
    if (seq > past.newest) {
      pasts.remove(room);
      return false;
    }
    if (at < sinceMillis) {
      return true;
    }
    if (seq == past.first) {
      tellOfMore(room);
    }
    return false;
  }

  @Override
  public void onMessage(SessionClient client, FromServer.Message message) {
    if (!isTooOld(message.room(), message.seq(), message.at())) {
      messages.take(message, mark(client, message), epoch(message.room()));
    }
  }

  private String mark(SessionClient client, FromServer.Message message) {
    return marks ? Unproven.mark(client.welcome(), message.owned()) : "";
  }

  @Override
  public void onEvent(SessionClient client, FromServer.Event event) {
    if (!isTooOld(event.room(), event.seq(), event.at())
        && event.kind().equals(FromServer.Event.DELETED)) {
      messages.take(event, epoch(event.room()));
    }
  }

  @Override
  public void onGap(SessionClient client, FromServer.Gap gap) {
    messages.take(gap, epoch(gap.room()));
  }

  @Override
  public void onLeft(SessionClient client, RoomName room, @Nullable RefusedException reason) {
    left.completeExceptionally(
        new IOException(
            "cannot listen to the room "
                + VisibleText.of(room.text())
                + ": "
                + (reason == null ? "the server has removed you from it" : reason.getMessage())));
  }
}
