package io.chatroom.server.log.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.facts.FactsContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts in a store: the contract, and the content after it is reopened. */
class StoredFactsTest extends FactsContract {

  @TempDir Path directory;

  private StoredLogs logs;

  @BeforeEach
  void open() throws IOException {
    logs = open(directory);
  }

  private static StoredLogs open(Path data) throws IOException {
    return StoredLogs.open(data, Retention.FOREVER, InstantSource.system());
  }

  @AfterEach
  void close() {
    logs.close();
  }

  @Override
  protected Facts facts() {
    return logs.facts();
  }

  private List<Fact> all() throws IOException {
    return facts().read("owner", "", 100);
  }

  @Test
  void surviveARestart() throws Exception {
    change(new Fact("owner", "bob", "{\"n\":1}"), new Fact("owner", "eve", "1"));
    change(Fact.gone("owner", "eve"));
    logs.close();
    open();
    assertThat(all()).containsExactly(new Fact("owner", "bob", "{\"n\":1}"));
  }

  @Test
  void areStoredBeforeACleanStop() throws Exception {
    List<CompletionStage<Void>> changes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      changes.add(facts().change(List.of(new Fact("owner", "bob", String.valueOf(i)))));
    }
    logs.close();
    open();
    assertThat(all()).containsExactly(new Fact("owner", "bob", "49"));
    for (CompletionStage<Void> change : changes) {
      change.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void failAtOnceAndStoreLaterChanges() throws Exception {
    change(new Fact("owner", "bob", "1"));
    StoreTrouble.fail(logs);
    assertThatThrownBy(() -> change(new Fact("owner", "bob", "2"), new Fact("owner", "eve", "1")))
        .hasCauseInstanceOf(IOException.class)
        .hasMessageContaining("this cannot be stored: ");
    StoreTrouble.mend(logs);
    assertThat(all()).containsExactly(new Fact("owner", "bob", "1"));
    change(new Fact("owner", "bob", "3"));
    assertThat(all()).containsExactly(new Fact("owner", "bob", "3"));
  }

  @Test
  void failIfTheStoreCannotBeWrittenAtTheEnd() {
    StoreTrouble.fail(logs);
    CompletionStage<Void> change = facts().change(List.of(new Fact("owner", "bob", "1")));
    logs.close();
    assertThatThrownBy(() -> change.toCompletableFuture().get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void areInABackup() throws Exception {
    change(new Fact("owner", "bob", "1"));
    Path copy = Files.createDirectory(directory.resolve("copy"));
    StoreTools.backup(directory, copy.resolve(Sqlite.FILE));
    try (StoredLogs copied = open(copy)) {
      assertThat(copied.facts().read("owner", "", 10))
          .containsExactly(new Fact("owner", "bob", "1"));
    }
  }

  @Test
  void areInARepairedStore() throws Exception {
    change(new Fact("owner", "bob", "1"), new Fact("ban", "eve", "{}"));
    logs.close();
    StoreTools.repair(directory, 1);
    open();
    assertThat(all()).containsExactly(new Fact("owner", "bob", "1"));
    assertThat(facts().read("ban", "", 10)).containsExactly(new Fact("ban", "eve", "{}"));
  }
}
