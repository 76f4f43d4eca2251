package io.chatroom.server.session;

import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Joins one session to the private rooms of its name without requests from the client. Nothing else
 * of the session waits for this. A room that cannot be loaded for now is tried again until it can,
 * because the client does not know of it. Belongs to the session's event loop.
 */
final class AutoJoin {

  private static final long RETRY_MILLIS = 2_000;

  private final Wire wire;
  private final Steps steps;
  private final Prerequisites prerequisites;
  private final Joins joins;
  private final Supplier<@Nullable Identity> identity;
  private final BooleanSupplier isOver;

  /**
   * Rooms to join after the client's earlier requests, one of which may join the same room. Each
   * with the sequence number after which the session must receive all messages. Most sessions have
   * none most of the time, and no map.
   */
  private Map<Pair, Long> queued = Map.of();

  /** Rooms that are being loaded, with the same numbers. */
  private Map<Pair, Long> loading = Map.of();

  /**
   * @param identity returns who uses the session; null before the hello
   * @param isOver true once the session takes no more requests
   */
  AutoJoin(
      Wire wire,
      Steps steps,
      Prerequisites prerequisites,
      Joins joins,
      Supplier<@Nullable Identity> identity,
      BooleanSupplier isOver) {
    this.wire = wire;
    this.steps = steps;
    this.prerequisites = prerequisites;
    this.joins = joins;
    this.identity = identity;
    this.isOver = isOver;
  }

  /** The step that joins a new session to the latest private rooms of its owner. */
  Steps.Step joinAll(Owner owner) {
    return new Steps.Step(
        new Steps.Begun(
            prerequisites.ofPrivateRooms(owner), () -> prerequisites.ofPrivateRooms(owner)),
        () -> joinKnown(owner),
        denial -> wire.executeLater(() -> retryAll(owner), RETRY_MILLIS));
  }

  private void retryAll(Owner owner) {
    if (isOver.getAsBoolean()) {
      return;
    }
    CompletionStage<Void> needed = prerequisites.ofPrivateRooms(owner);
    if (needed == null) {
      joinKnown(owner);
    } else {
      needed.whenComplete(
          (known, failure) ->
              wire.executeLater(() -> retryAll(owner), failure == null ? 0 : RETRY_MILLIS));
    }
  }

  private void joinKnown(Owner owner) {
    joins.privateRooms(owner).forEach(pair -> join(pair, Long.MAX_VALUE));
  }

  /**
   * Joins a private room after the client's earlier requests.
   *
   * @param from the session must receive all messages after this sequence number
   */
  void join(Pair pair, long from) {
    if (steps.areTaken()) {
      load(pair, from);
      return;
    }
    boolean isFirst = queued.isEmpty();
    queued = isFirst ? new HashMap<>() : queued;
    queued.merge(pair, from, Math::min);
    if (isFirst) {
      steps.take(new Steps.Step(() -> null, this::joinQueued, stops -> {}));
    }
  }

  private void joinQueued() {
    Map<Pair, Long> all = queued;
    queued = Map.of();
    all.forEach(this::load);
  }

  private void load(Pair pair, long from) {
    Identity who = identity.get();
    if (who == null || who.owner() == null || isOver.getAsBoolean()) {
      return;
    }
    CompletionStage<?> needed = prerequisites.of(who, pair);
    if (needed == null) {
      Long earlier = loading.isEmpty() ? null : loading.remove(pair);
      joins.joinUnasked(who, pair, earlier == null ? from : Math.min(earlier, from));
      return;
    }
    boolean waits = loading.containsKey(pair);
    loading = loading.isEmpty() ? new HashMap<>() : loading;
    loading.merge(pair, from, Math::min);
    if (!waits) {
      needed.whenComplete((known, failure) -> wire.execute(() -> loaded(pair, failure == null)));
    }
  }

  private void loaded(Pair pair, boolean known) {
    Long from = loading.get(pair);
    if (from == null) {
      return; // the session has joined it meanwhile, or has ended
    }
    if (known) {
      loading.remove(pair);
      load(pair, from);
    } else {
      wire.executeLater(() -> loaded(pair, true), RETRY_MILLIS);
    }
  }

  /** The session has ended: joins nothing more. */
  void forget() {
    queued = Map.of();
    loading = Map.of();
  }
}
