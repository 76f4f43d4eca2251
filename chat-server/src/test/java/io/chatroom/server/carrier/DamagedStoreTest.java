package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.LogCapture;
import io.chatroom.server.log.store.StoreImport;
import io.chatroom.server.log.store.StoredMessage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose disk has lost stored messages, which shows when a client requests them. */
class DamagedStoreTest {

  private static final int MESSAGES = 2_000;
  private static final int PAGE_BYTES = 4_096;

  @TempDir Path data;

  @Test
  void reportsTheDamageToReadersAndGoesOn() throws IOException {
    damage();
    try (LogCapture log = new LogCapture();
        TcpWorld world = new TcpWorld(Map.of("data", data.toString(), "eventLoops", "1"))) {
      JsonPeer alice = JsonPeer.in(world, "alice", "tea");
      alice.await(world, "'joined'");
      for (int i = 1; i <= 3; i++) {
        alice.say("{'type':'history','q':'h" + i + "','room':'tea','around':1000,'limit':9}");
        alice.await(world, "'error','q':'h" + i + "','code':'unavailable','do':'retry'");
      }
      alice.say("{'type':'history','q':'h','room':'tea','before':" + MESSAGES + ",'limit':9}");
      alice.await(world, "'page','q':'h'");
      assertThat(alice.page("h")).contains("'seq':1999,", "'complete':true");

      JsonPeer bob =
          new JsonPeer(
              world, "bob", "tea','after':{'epoch':'" + alice.epoch() + "','seq':0},'x':'");
      bob.await(world, "'bye','code':'internal','do':'reconnect'");
      alice.post("tea", "still here");
      alice.await(world, "'ack','id':'0'");

      assertThat(log.lines())
          .filteredOn(line -> line.contains("cannot read stored messages"))
          .as("once, however many ask")
          .singleElement()
          .asString()
          .contains("log.db is damaged; restore a backup, or save what can be read with");
      assertThat(log.lines()).noneMatch(line -> line.contains("internal error"));
    }
  }

  /** Overwrites pages in the middle of the file. */
  private void damage() throws IOException {
    try (StoreImport store = StoreImport.into(data)) {
      for (int i = 1; i <= MESSAGES; i++) {
        store.add(
            new StoredMessage(
                "tea", i, i, "ann", "x".repeat(500), null, null, 0, null, null, false));
      }
      store.finish();
    }
    try (RandomAccessFile file = new RandomAccessFile(data.resolve("log.db").toFile(), "rw")) {
      long pages = file.length() / PAGE_BYTES;
      file.seek(pages / 3 * PAGE_BYTES);
      file.write(new byte[(int) (pages / 3) * PAGE_BYTES]);
    }
  }
}
