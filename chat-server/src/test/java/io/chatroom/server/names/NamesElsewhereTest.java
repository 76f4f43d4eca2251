package io.chatroom.server.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Names of guests, for which other servers must be asked. */
class NamesElsewhereTest {

  private final Asked asked = new Asked();
  private final NamesInUse names = new NamesInUse(asked);

  /** Other servers, which answer when the test wants it. */
  private static final class Asked implements NamesElsewhere {

    private final Map<String, CompletableFuture<Boolean>> answers = new HashMap<>();
    private final List<String> givenBack = new ArrayList<>();

    @Override
    public CompletionStage<Boolean> take(String key, String client) {
      CompletableFuture<Boolean> answer = new CompletableFuture<>();
      assertThat(answers.put(key, answer)).as("asked once").isNull();
      return answer;
    }

    @Override
    public void giveBack(String key) {
      givenBack.add(key);
    }

    void answer(String key, boolean taken) {
      Objects.requireNonNull(answers.remove(key)).complete(taken);
    }
  }

  private CompletionStage<Void> needed(String name, String client) {
    return Objects.requireNonNull(names.needs(name, client));
  }

  @Test
  void aFreeNameIsTakenOnceForAllSessionsOfAClient() {
    assertThat(names.take("bob", "b")).as("nobody has asked").isFalse();
    CompletionStage<Void> first = needed("Bob", "b");
    CompletionStage<Void> second = needed("bob", "b");
    CompletionStage<Void> other = needed("bob", "x");
    asked.answer("bob", true);
    assertThat(List.of(first, second, other))
        .allMatch(stage -> stage.toCompletableFuture().isDone());
    assertThat(names.needs("bob", "b")).isNull();
    assertThat(names.needs("bob", "x")).isNull();
    assertThat(names.take("bob", "x")).isFalse();
    assertThat(names.take("bob", "b")).isTrue();
    assertThat(names.needs("bob", "b")).isNull();
    assertThat(names.needs("bob", "x")).isNull();
    assertThat(names.take("bob", "x")).isFalse();
    assertThat(names.take("bob", "b")).isTrue();
    names.giveBack("bob");
    assertThat(asked.givenBack).isEmpty();
    names.giveBack("bob");
    assertThat(asked.givenBack).containsExactly("bob");
    assertThat(names.needs("bob", "x")).isNotNull();
  }

  @Test
  void aNameInUseElsewhereIsRefusedAndAskedForAgain() {
    assertThat(needed("bob", "b")).isNotNull();
    asked.answer("bob", false);
    assertThat(names.needs("bob", "b")).isNull();
    assertThat(names.take("bob", "b")).isFalse();
    assertThat(needed("bob", "b")).isNotNull();
    asked.answer("bob", true);
    assertThat(names.take("bob", "b")).isTrue();
  }

  @Test
  void aNameIsNotTakenWithoutAnAnswer() {
    CompletionStage<Void> needed = needed("bob", "b");
    Objects.requireNonNull(asked.answers.remove("bob"))
        .completeExceptionally(new IOException("the database is away"));
    assertThat(needed.toCompletableFuture()).isCompletedExceptionally();
    assertThat(names.take("bob", "b")).isFalse();
    assertThat(needed("bob", "b")).isNotNull();
  }

  /** Owners use their name with any client, on any server. */
  @Test
  void ownersNeedNoAnswerOfOtherServers() {
    names.takeOwned("bob", "b");
    names.takeOwned("bob", "c");
    names.giveBack("bob");
    names.giveBack("bob");
    assertThat(asked.answers).isEmpty();
    assertThat(asked.givenBack).isEmpty();
  }
}
