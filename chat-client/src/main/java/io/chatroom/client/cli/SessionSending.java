package io.chatroom.client.cli;

import io.chatroom.client.RefusedException;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.SessionClient;
import io.chatroom.client.chat.InDoubt;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends in a session: every message is acknowledged, or reported as not acknowledged. After a lost
 * connection it reconnects and resends unacknowledged messages with the same ids, until the server
 * is given up.
 */
final class SessionSending implements Sending {

  /** Maximum number of unacknowledged characters, and posts, before the next line is read. */
  private static final int WINDOW_CHARS = 64 * 1024;

  private static final int WINDOW_POSTS = 1_000;

  private final SessionClient client;
  private final ServerAddress server;
  private final ServerWatch watch;
  private final RoomName room;
  private final @Nullable String id;

  private final Map<Long, String> waiting = new LinkedHashMap<>(); // guarded by itself
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private volatile long posted;

  /**
   * @param id the prefix of the ids of posts, or null for random ones
   */
  SessionSending(
      SessionClient client,
      ServerAddress server,
      ServerWatch watch,
      RoomName room,
      @Nullable String id) {
    this.client = client;
    this.server = server;
    this.watch = watch;
    this.room = room;
    this.id = id;
  }

  @Override
  public void send(Source source) throws IOException {
    List<CompletableFuture<?>> window = new ArrayList<>();
    try {
      int chars = 0;
      for (String text = source.next(); text != null; text = source.next()) {
        if (text.isEmpty()) {
          continue;
        }
        window.add(post(text));
        chars += text.length();
        if (chars > WINDOW_CHARS || window.size() == WINDOW_POSTS) {
          awaitAll(window);
          chars = 0;
        }
        if (!refusals.isEmpty()) {
          break; // later messages may make no sense without the refused one
        }
      }
    } finally {
      awaitAll(window);
    }
  }

  private CompletableFuture<?> post(String text) {
    long number = posted + 1;
    posted = number;
    synchronized (waiting) {
      waiting.put(number, text);
    }
    // Half of a surrogate pair becomes a question mark, as in the seed's protocol.
    String sent = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    CompletableFuture<FromServer.Ack> ack =
        id == null
            ? client.post(room, sent)
            : client.post(new FromClient.Post(id + "-" + number, room, sent, null));
    return ack.handle(
        (answer, failure) -> {
          if (failure == null || failure instanceof RefusedException) {
            synchronized (waiting) {
              waiting.remove(number);
            }
          }
          if (failure instanceof RefusedException refusal) {
            refusals.add(InDoubt.refusal(text, String.valueOf(refusal.getMessage())));
          }
          return answer;
        });
  }

  private static void awaitAll(List<CompletableFuture<?>> window) throws IOException {
    Await.result(CompletableFuture.allOf(window.toArray(CompletableFuture<?>[]::new)));
    window.clear();
  }

  @Override
  public CompletableFuture<?> gone() {
    return watch.gone(client);
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public boolean tell(@Nullable IOException trouble, Consumer<String> line) {
    String lost = watch.hasGivenUp() ? "connection is gone" : null;
    try {
      Await.result(client.closed());
    } catch (IOException e) {
      lost = ClientCommand.sentence(e);
    }
    List<String> doubtful;
    synchronized (waiting) {
      doubtful = List.copyOf(waiting.values());
    }
    if (watch.hasGivenUp() && !doubtful.isEmpty()) {
      lost =
          server
              + " has acknowledged nothing for "
              + watch.patience().toSeconds()
              + " s: the server or the network in between is gone; the last "
              + doubtful.size()
              + " of "
              + posted
              + " messages may not have arrived";
    }
    if (trouble != null && !ClientCommand.sentence(trouble).equals(lost)) {
      line.accept(ClientCommand.sentence(trouble));
    }
    refusals.forEach(line);
    if (lost != null) {
      line.accept(lost);
    }
    doubtful.forEach(text -> line.accept(InDoubt.sentence(text)));
    return trouble == null && lost == null && refusals.isEmpty() && doubtful.isEmpty();
  }
}
