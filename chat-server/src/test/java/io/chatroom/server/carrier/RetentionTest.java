package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.store.StoreExport;
import io.chatroom.server.log.store.StoredMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a data directory deletes old messages, and reports the gap. */
class RetentionTest {

  @TempDir Path data;

  private TcpWorld start(int keepMessages) {
    return new TcpWorld(
        Map.of("data", data.toString(), "eventLoops", "2", "keepMessages", "" + keepMessages));
  }

  /** Bob has received two of ten messages when he leaves, and five are kept when he returns. */
  @Test
  void namesTheExactGapAndFindsNothingInIt() throws IOException {
    try (TcpWorld world = start(5)) {
      JsonPeer alice = JsonPeer.in(world, "alice", "tea");
      alice.await(world, "'joined'");
      String epoch = alice.epoch();
      for (int i = 1; i <= 10; i++) {
        alice.post("tea", "word" + i + " said");
      }
      alice.await(world, "'ack','id':'9'");
      for (int i = 0;
          alice.heard("\"first\":6") == 0;
          i++) { // old messages are deleted when the server is idle
        alice.say("{'type':'join','q':'j" + i + "','room':'tea'}");
        alice.await(world, "'joined','q':'j" + i + "'");
      }

      JsonPeer bob = resume(world, epoch);
      assertThat(whatCame(world, bob))
          .satisfiesExactly(
              joined ->
                  assertThat(joined)
                      .contains("'seq':10,'first':6,")
                      .contains("'epoch':'" + epoch + "'")
                      .contains("'resume':'gap'"),
              gap ->
                  assertThat(gap)
                      .isEqualTo("{'type':'gap','room':'tea','from':3,'to':5,'why':'retention'}"),
              message -> assertThat(message).contains("'message'", "'seq':6,", "'word6 said'"),
              message -> assertThat(message).contains("'message'", "'seq':7,", "'word7 said'"),
              message -> assertThat(message).contains("'message'", "'seq':8,", "'word8 said'"),
              message -> assertThat(message).contains("'message'", "'seq':9,", "'word9 said'"),
              message -> assertThat(message).contains("'message'", "'seq':10,", "'word10 said'"));

      alice.say("{'type':'search','q':'s','query':'said','limit':50}");
      alice.say("{'type':'search','q':'t','query':'word5','limit':50}");
      alice.say("{'type':'history','q':'h','room':'tea','after':0,'limit':50}");
      for (String q : List.of("s", "t", "h")) {
        alice.await(world, "'page','q':'" + q + "'");
      }
      assertThat(numbers(alice.page("s"))).containsExactlyInAnyOrder(6, 7, 8, 9, 10);
      assertThat(numbers(alice.page("t"))).isEmpty();
      assertThat(numbers(alice.page("h"))).containsExactly(6, 7, 8, 9, 10);
      assertThat(exported()).extracting(StoredMessage::seq).containsExactly(6L, 7L, 8L, 9L, 10L);
    }
    try (TcpWorld world = start(0)) { // and so it stays
      JsonPeer alice = JsonPeer.in(world, "alice", "tea");
      alice.await(world, "'joined'");
      JsonPeer bob = resume(world, alice.epoch());
      assertThat(whatCame(world, bob))
          .hasSize(7)
          .contains("{'type':'gap','room':'tea','from':3,'to':5,'why':'retention'}");
    }
  }

  private static JsonPeer resume(TcpWorld world, String epoch) {
    return JsonPeer.in(world, "bob", "tea','after':{'epoch':'" + epoch + "','seq':2},'x':'");
  }

  /** The objects up to the tenth message, without the welcome and presence. */
  private static List<String> whatCame(TcpWorld world, JsonPeer peer) {
    peer.await(world, "'message','room':'tea','seq':10,");
    return peer.objects.stream()
        .map(json -> json.replace('"', '\''))
        .filter(json -> !json.contains("'welcome'") && !json.contains("'presence'"))
        .toList();
  }

  private static List<Integer> numbers(String page) {
    return Pattern.compile("'seq':(\\d+),")
        .matcher(page)
        .results()
        .map(found -> Integer.valueOf(found.group(1)))
        .toList();
  }

  private List<StoredMessage> exported() throws IOException {
    List<StoredMessage> all = new ArrayList<>();
    StoreExport.read(data, null, all::add);
    return all;
  }
}
