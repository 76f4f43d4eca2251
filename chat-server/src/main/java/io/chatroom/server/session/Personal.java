package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.Position;
import io.chatroom.server.names.Blocks;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.Owner;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one session's requests for what the owner of a name shares between sessions: read marks
 * and blocked names. Once a change is stored, all sessions of the name receive it. Belongs to the
 * session's event loop.
 */
final class Personal {

  private static final Logger log = LoggerFactory.getLogger(Personal.class);

  private static final String CLAIM_FIRST =
      "Only the owner of a name can do this, claim yours first.";
  private static final String NOT_STORED = "The server cannot store this for now, try again later.";
  private static final String STOPS = "The server is about to stop.";

  private final Shared shared;
  private final Wire wire;
  private final Replies replies;
  private final NamedSession self;
  private final Joins joins;
  private final Pending pending;
  private final Runnable answered;

  /**
   * @param self the session as other sessions of its name see it
   * @param answered called after each late answer
   */
  Personal(
      Shared shared,
      Wire wire,
      Replies replies,
      NamedSession self,
      Joins joins,
      Pending pending,
      Runnable answered) {
    this.shared = shared;
    this.wire = wire;
    this.replies = replies;
    this.self = self;
    this.joins = joins;
    this.pending = pending;
    this.answered = answered;
  }

  /** Moves the read mark of a room. */
  void read(Identity who, FromClient.Read read) {
    Owner owner = who.owner();
    if (owner == null || !shared.people().owns(owner)) {
      replies.refuse(null, read.room(), Code.FORBIDDEN, CLAIM_FIRST);
      return;
    }
    Place place = joins.find(who, read.room(), denial -> replies.refuse(null, read.room(), denial));
    if (place == null) {
      return;
    }
    long seq = Math.min(read.seq(), place.presence().newest().seq());
    CompletionStage<Void> safe =
        shared.people().marks().move(owner, place.key(), new Position(place.epoch(), seq));
    Long mark = shared.people().marks().mark(owner, place.key(), place.epoch());
    FromServer.Read told = new FromServer.Read(place.room(), mark == null ? seq : mark);
    if (safe == null) {
      replies.send(told);
      return;
    }
    when(
        safe,
        () -> {
          replies.send(told);
          shared.correspondence().tell(owner, self, told);
        },
        text -> replies.refuse(null, place.room(), Code.UNAVAILABLE, text));
  }

  /** Blocks or unblocks a name, or lists the blocked names. */
  void block(Identity who, FromClient.Block block) {
    Owner owner = who.owner();
    Blocks blocks = shared.people().blocks();
    String name = block.name();
    if (owner == null || !shared.people().owns(owner)) {
      replies.refuse(block.q(), Code.FORBIDDEN, CLAIM_FIRST);
    } else if (name == null) {
      replies.send(new FromServer.Blocked(block.q(), blocks.of(owner)));
    } else {
      Denial denial = block.on() ? blocks.mayBlock(owner, name, maxNameBytes()) : null;
      if (denial != null) {
        replies.refuse(block.q(), denial);
        return;
      }
      when(
          blocks.block(owner, name, block.on()),
          () -> {
            List<String> now = blocks.of(owner);
            replies.send(new FromServer.Blocked(block.q(), now));
            shared.correspondence().tell(owner, self, new FromServer.Blocked(null, now));
          },
          text -> replies.refuse(block.q(), Code.UNAVAILABLE, text));
    }
  }

  private int maxNameBytes() {
    return shared.terms().limits().maxNameBytes();
  }

  private interface Refusal {
    void send(String text);
  }

  private void when(CompletionStage<Void> safe, Runnable done, Refusal refusal) {
    Runnable waiting = pending.begin(() -> refusal.send(STOPS));
    safe.whenComplete(
        (kept, failure) -> wire.execute(() -> answer(waiting, failure, done, refusal)));
  }

  private void answer(
      Runnable waiting, @Nullable Throwable failure, Runnable done, Refusal refusal) {
    if (!pending.end(waiting)) {
      return;
    }
    if (failure == null) {
      done.run();
    } else {
      log.debug("a read mark or block was not stored", failure);
      refusal.send(NOT_STORED);
    }
    answered.run();
  }
}
