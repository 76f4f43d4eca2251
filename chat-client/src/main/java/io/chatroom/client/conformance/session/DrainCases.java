package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Danger;
import io.chatroom.client.conformance.Section;
import io.chatroom.client.conformance.Surface;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The end of a server; judged last. */
final class DrainCases {

  private static final int TALKERS = 6;

  private DrainCases() {}

  static List<SessionCase> all() {
    return List.of(
        must(
                Section.SESSION_GOING,
                "drain.bye",
                "S-65 S-49 S-60",
                "A server that stops MUST end each session, also over WebSocket, by bye draining"
                    + " with an afterMillis of its own, and MUST NOT lose anything that it"
                    + " acknowledged.",
                DrainCases::drain)
            .danger(Danger.ENDING)
            .patience(3)
            .only(Surface.TCP));
  }

  private static void drain(SessionStage stage) throws Broken, InterruptedException {
    List<Talker> talkers = new ArrayList<>(stage.joinAll("talker", TALKERS / 2));
    for (int i = 1; i <= TALKERS / 2; i++) {
      Talker talker = stage.connect(new WebSocketWire(stage.upgrade()), "web" + i);
      talker.open();
      talker.enter();
      talker.join(stage.room());
      talkers.add(talker);
    }
    for (Talker talker : talkers) {
      for (Json post : OrderCases.posts(talker, stage.room(), 50)) {
        talker.send(post);
      }
    }
    List<Json> byAlice =
        new ArrayList<>(stage.alice().takeUntil(stage.message(talkers.get(0), "talker1 1")));
    byAlice.add(stage.alice().lastReceived());
    stage.stopServer();
    byAlice.addAll(receivedUpToBye(stage.alice()));
    OrderCases.dense(byAlice, talkers.get(0).joined().number("seq") + 1);
    Set<Object> spread = new HashSet<>();
    for (Talker talker : talkers) {
      List<Json> received = receivedUpToBye(talker);
      OrderCases.dense(received, talker.joined().number("seq") + 1);
      for (Json each : received) {
        if (each.is("ack") && byAlice.stream().noneMatch(each::hasSameSeqAs)) {
          throw new Broken(
              "alice receives every post that is acknowledged",
              "it did not receive that of " + each);
        }
      }
      spread.add(talker.lastReceived().number("afterMillis"));
    }
    if (spread.size() < 2) {
      throw new Broken("afterMillis differs between sessions", "all received " + spread);
    }
  }

  private static List<Json> receivedUpToBye(Talker talker) throws Broken, InterruptedException {
    List<Json> received =
        talker.takeUntil(Json.of("bye").with("code", "draining").with("do", "reconnect"));
    talker.closes();
    return received;
  }
}
