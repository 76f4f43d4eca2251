package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches on a server with a data directory. */
class StoredSearchTest {

  @TempDir Path data;

  private TcpWorld start() {
    return new TcpWorld(Map.of("data", data.toString(), "eventLoops", "2"));
  }

  @Test
  void findsMessagesInItsRooms() throws Exception {
    try (TcpWorld world = start()) {
      JsonPeer alice = JsonPeer.in(world, "alice", "tea");
      JsonPeer bob = JsonPeer.in(world, "bob", "secret");
      bob.post("secret", "the build is green, secretly");
      bob.await(world, "'ack'");
      alice.post("tea", "昨日東京へ行った");
      alice.post("tea", "The build is GREEN");
      alice.post("tea", "green is the build");
      alice.await(world, "'ack','id':'2'");
      alice.say("{'type':'search','q':'1','query':'green','limit':9}");
      alice.await(world, "'page','q':'1'");
      assertThat(alice.page("1"))
          .contains("The build is GREEN", "green is the build")
          .doesNotContain("secretly")
          .endsWith("'complete':true}");
      alice.say("{'type':'search','q':'2','query':'東京 from:alice','room':'tea','limit':9}");
      alice.await(world, "'page','q':'2'");
      assertThat(alice.page("2")).contains("'seq':1,", "昨日東京へ行った");
    }
    Files.delete(data.resolve("search.db"));
    try (TcpWorld world = start()) {
      JsonPeer alice = JsonPeer.in(world, "alice", "tea");
      alice.await(world, "'joined'");
      alice.say("{'type':'search','q':'3','query':'“build is green” in:tea in:secret','limit':9}");
      alice.await(world, "'page','q':'3'");
      assertThat(alice.page("3"))
          .contains("The build is GREEN")
          .doesNotContain("secretly", "green is the build");
      alice.say("{'type':'search','q':'4','query':'green','room':'tea','limit':1}");
      alice.await(world, "'page','q':'4'");
      assertThat(alice.page("4")).contains("'seq':3,").endsWith("'next':3}");
      alice.say("{'type':'search','q':'5','query':'green','room':'tea','limit':1,'before':3}");
      alice.await(world, "'page','q':'5'");
      assertThat(alice.page("5")).contains("'seq':2,").endsWith("'complete':true}");
    }
  }
}
