package io.chatroom.client.chat;

import io.chatroom.client.ServerAddress;
import io.chatroom.protocol.ChatMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows the state of the connection with one server, and the received messages. Thread-safe. */
abstract class ConnectionNews implements Talk.Events {

  /** After this many lost connections in a row, further ones are not shown one by one. */
  private static final int SHOWN_FAILURES = 2;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final Desk desk;
  private final Screen screen;
  private final StatusBoard board;
  private @Nullable Instant lostAt;
  private int inVain;

  ConnectionNews(Desk desk) {
    this.desk = desk;
    screen = desk.screen();
    board = desk.board();
  }

  @Override
  public synchronized void connecting(ServerAddress to) {
    board.sentence("connecting to " + to);
  }

  @Override
  public synchronized void connected(ServerAddress to) {
    if (inVain >= SHOWN_FAILURES) {
      board.sentence("connected to " + to + "; earlier connections did not last");
    } else {
      tellConnected(to);
    }
  }

  @Override
  public synchronized void resumed(ServerAddress to) {
    board.sentence(null);
    screen.note("connected again");
  }

  @Override
  public synchronized void held(ServerAddress to) {
    if (inVain >= SHOWN_FAILURES) {
      tellConnected(to);
    }
    inVain = 0;
  }

  private void tellConnected(ServerAddress to) {
    if (lostAt == null) {
      screen.note("connected to " + to + " as " + desk.name() + "; /help shows the commands");
    } else {
      screen.note(
          "connected again; messages since "
              + TIME.format(lostAt.atZone(desk.clock().getZone()))
              + " may be missing");
      lostAt = null;
    }
    board.sentence(null);
  }

  @Override
  public synchronized void lost(String reason, List<String> doubtful) {
    if (lostAt == null) {
      lostAt = desk.clock().instant();
    }
    inVain++;
    if (inVain < SHOWN_FAILURES) {
      screen.note("connection lost: " + reason);
    } else if (inVain == SHOWN_FAILURES) {
      screen.note(
          "connection lost again soon after it was made: "
              + reason
              + "; the server may be full, refuse the name, or require TLS (--tls)");
    }
    screen.notes(doubtful.stream().map(InDoubt::sentence).toList());
  }

  @Override
  public void retrying(String reason, Duration in) {
    long seconds = Math.max(1, (in.toMillis() + 999) / 1000);
    board.sentence("not connected, retrying in " + seconds + " s: " + reason);
  }

  @Override
  public void note(String sentence) {
    screen.note(sentence);
  }

  @Override
  public void heard(ChatMessage message) {
    Instant now = desk.clock().instant();
    desk.keep(now, "", message);
    screen.heard(now, message, desk.mention().in(message.text()));
  }

  @Override
  public void pause() {
    screen.pause();
  }

  @Override
  public void gone(String text) {
    ChatMessage own = new ChatMessage(desk.name(), text);
    Instant now = desk.clock().instant();
    desk.transcript().add(now, "", own);
    screen.said(now, own);
  }

  @Override
  public void waiting(List<String> texts) {
    board.waiting(texts);
  }
}
