package io.chatroom.client.chat;

import io.chatroom.client.ServerAddress;
import io.chatroom.client.UnknownServerException;
import io.chatroom.client.chat.Protocols.Choice;
import io.chatroom.protocol.ChatMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Switches from server to server, and finds out which protocol each one speaks: if no session
 * begins, it uses the seed's protocol. Takes unsent messages along. Thread-safe.
 */
final class Talks {

  /** The factory of conversations. */
  interface Maker {
    /** In the seed's protocol. */
    Talk seed(ServerAddress server, Talk.Events events);

    /**
     * In sessions.
     *
     * @param orSeed true if the seed's protocol can be tried where there are no sessions
     */
    Talk session(ServerAddress server, boolean orSeed, Talk.Events events);
  }

  private final Maker maker;
  private final Protocols protocols;
  private final Desk desk;
  private final Consumer<ServerAddress> joined;
  private final CompletableFuture<String> over = new CompletableFuture<>();
  private final List<CompletableFuture<Farewell>> parting = new ArrayList<>();

  private Talk talk;
  private @Nullable UnknownServerException question;

  /**
   * @param joined called with each server that was connected to
   */
  Talks(
      ServerAddress server,
      Maker maker,
      Protocols protocols,
      Desk desk,
      Consumer<ServerAddress> joined) {
    this.maker = maker;
    this.protocols = protocols;
    this.desk = desk;
    this.joined = joined;
    talk = make(server);
  }

  private Talk make(ServerAddress server) {
    Choice choice = protocols.choice(server);
    return choice == Choice.SEED
        ? maker.seed(server, new News(server, false, false))
        : maker.session(server, choice == Choice.SESSION_FIRST, new News(server, true, false));
  }

  /** Begins to connect. */
  void start() {
    talk().start();
  }

  /** The current conversation. */
  synchronized Talk talk() {
    return talk;
  }

  /** Completes, with the reason, when the conversation is over for good. */
  CompletableFuture<String> over() {
    return over;
  }

  /** The unknown server that the person must accept or refuse, or null. */
  synchronized @Nullable UnknownServerException question() {
    return question;
  }

  /** Leaves the server in order, and continues with another one, or anew with the same one. */
  synchronized void moveTo(ServerAddress server) {
    replace(make(server));
  }

  private synchronized void replace(Talk next) {
    Talk before = talk;
    talk = next;
    question = null;
    desk.board().rooms(null, List.of());
    next.start();
    CompletableFuture<Farewell> parted = before.part();
    parting.removeIf(CompletableFuture::isDone);
    parting.add(parted);
    parted.thenAccept(this::carryOver);
  }

  private void carryOver(Farewell farewell) {
    if (farewell.trouble() != null && !farewell.doubtful().isEmpty()) {
      desk.screen().note("the previous connection did not end in order: " + farewell.trouble());
    }
    desk.screen().notes(farewell.doubtful().stream().map(InDoubt::sentence).toList());
    if (!farewell.unsent().isEmpty()) {
      String trouble = talk().say(farewell.unsent());
      if (trouble != null) {
        desk.screen().note(trouble);
      }
    }
  }

  /** Leaves for good; also waits for conversations left before. */
  CompletableFuture<Farewell> leave() {
    CompletableFuture<Farewell> all = talk().leave();
    for (CompletableFuture<Farewell> before : parting()) {
      all = all.thenCombine(before, (last, ignored) -> last);
    }
    return all;
  }

  private synchronized List<CompletableFuture<Farewell>> parting() {
    return List.copyOf(parting);
  }

  /** The events of one conversation. */
  private final class News extends ConnectionNews {

    private final ServerAddress server;
    private final boolean isSession;
    private boolean isToBeLearnt;

    /**
     * @param isToBeLearnt whether to remember that the server knows no sessions
     */
    News(ServerAddress server, boolean isSession, boolean isToBeLearnt) {
      super(desk);
      this.server = server;
      this.isSession = isSession;
      this.isToBeLearnt = isToBeLearnt;
    }

    @Override
    public synchronized void connected(ServerAddress to) {
      super.connected(to);
      joined.accept(to);
      if (isSession) {
        protocols.sessionWorks(to);
      }
    }

    @Override
    public synchronized void held(ServerAddress to) {
      super.held(to);
      seedWorks();
    }

    @Override
    public void heard(ChatMessage message) {
      super.heard(message);
      seedWorks();
    }

    /** Not earlier: a full server ends a session in the same way. */
    private synchronized void seedWorks() {
      if (isToBeLearnt) {
        isToBeLearnt = false;
        protocols.seedWorks(server);
      }
    }

    @Override
    public void unknown(UnknownServerException unknown) {
      synchronized (Talks.this) {
        question = unknown;
      }
      note(unknown.getMessage() + ".");
      note("Compare it with the fingerprint that the server prints when it starts.");
      desk.board().sentence("trust " + unknown.server() + " from now on? Type yes or no");
    }

    @Override
    public void noSessions(boolean isOldServer) {
      replace(maker.seed(server, new News(server, false, isOldServer)));
    }

    @Override
    public void over(String reason) {
      over.complete(reason);
    }
  }
}
