package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionCase.must;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Danger;
import io.chatroom.client.conformance.Section;
import io.chatroom.client.conformance.Surface;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Carrying objects over TCP and WebSocket. */
final class WayCases {

  private static final Duration DRIP = Duration.ofMillis(200);

  private WayCases() {}

  static List<SessionCase> all() {
    return List.of(
        ways(
                "ways.byte-by-byte",
                "S-01 S-02 S-03",
                "A session MUST work if its bytes arrive one by one.",
                WayCases::byteByByte)
            .danger(Danger.PIECES),
        ways(
            "ways.many-in-one-piece",
            "S-03",
            "Many objects in one piece MUST be accepted, each once, in order.",
            stage -> {
              Talker carol = stage.join("carol");
              List<Json> posts = OrderCases.posts(carol, stage.room(), 300);
              carol.line().send(Bytes.join(posts.stream().map(carol::frame).toList()));
              for (Json post : posts) {
                carol.receives(Json.of("ack").with("id", post.text("id")));
                stage.bob().receives(stage.message(carol, post.text("text")));
              }
            }),
        ways(
            "ways.all-in-one-piece",
            "S-02 S-36",
            "A whole session that arrives in one piece MUST be answered to its end.",
            stage -> {
              Talker carol = stage.connect("carol");
              Json post = carol.post(stage.room(), "in, out");
              Bytes life =
                  Bytes.join(
                      List.of(
                          carol.frame(carol.hello()),
                          carol.frame(Json.of("join").with("room", stage.room())),
                          carol.frame(post),
                          carol.frame(Json.of("bye"))));
              carol.line().send(carol.opening().plus(life));
              carol.receives(Json.of("welcome"));
              carol.receives(Json.of("joined"));
              carol.receives(Json.of("ack").with("id", post.text("id")));
              carol.closes();
              stage.bob().receives(stage.message(carol, "in, out"));
            }),
        ways(
                "ways.headers",
                "S-03",
                "Every header of P-02 MUST be accepted.",
                stage -> {
                  Talker carol = stage.join("carol");
                  Bytes ping = Json.of("ping").bytes();
                  for (String form : List.of("%-10d", "%10d", "%010d", " %-9d", " %04d     ")) {
                    String header = String.format(Locale.ROOT, form, ping.length());
                    carol.line().send(Bytes.utf8(header).plus(ping));
                    carol.receives(Json.of("pong"));
                  }
                })
            .only(Surface.TCP),
        ways(
                "ways.header-bad",
                "S-04 S-49",
                "A malformed header MUST be answered by bye protocol and the end of the stream.",
                stage -> {
                  for (String header :
                      List.of("ping      ", "-5        ", "{\"type\":\"p", "12 34     ")) {
                    Talker carol = stage.join("carol");
                    carol.line().send(Bytes.utf8(header));
                    carol.receivesBye("protocol", "stop");
                  }
                })
            .danger(Danger.ROUGH)
            .only(Surface.TCP),
        ways(
                "ways.cut-short",
                "S-03",
                "A frame cut short by the end of the stream MUST be ignored, and what came before"
                    + " it MUST be answered.",
                stage -> {
                  Talker carol = stage.join("carol");
                  Json whole = carol.post(stage.room(), "whole");
                  Bytes half = carol.frame(carol.post(stage.room(), "half"));
                  carol.line().send(carol.frame(whole).plus(half.slice(0, half.length() - 3)));
                  carol.line().finish();
                  carol.receives(Json.of("ack").with("id", whole.text("id")));
                  carol.closes();
                  stage.bob().receives(stage.message(carol, "whole"));
                  stage.receivesNothing(stage.bob());
                })
            .danger(Danger.ROUGH)
            .only(Surface.TCP),
        ways(
                "ways.unknown",
                "S-01",
                "A connection that begins with none of the protocols of the port MUST be closed.",
                stage -> {
                  for (String begin :
                      List.of("CHATROOM/3", "EHLO example", "{\"type\":\"hello\"")) {
                    Talker carol = stage.connect("carol");
                    carol.line().send(Bytes.utf8(begin));
                    carol.closesInTime(stage.timeout());
                  }
                })
            .danger(Danger.ROUGH)
            .only(Surface.TCP),
        ways(
                "ways.hello-timeout",
                "S-08",
                "A connection without a hello MUST be closed within 30 seconds, even while bytes"
                    + " trickle in.",
                WayCases::helloTimeout)
            .danger(Danger.LONG));
  }

  private static SessionCase ways(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_WAYS, id, requirements, sentence, body);
  }

  private static void byteByByte(SessionStage stage) throws Broken, InterruptedException {
    Talker carol = stage.connect("carol");
    Json post = carol.post(stage.room(), "drop by drop \u00e9");
    Bytes all =
        Bytes.join(
            List.of(
                carol.opening(),
                carol.frame(carol.hello()),
                carol.frame(Json.of("join").with("room", stage.room())),
                carol.frame(post)));
    stage.runOffTurn(
        () -> {
          for (int i = 0; i < all.length(); i++) {
            carol.line().send(all.slice(i, i + 1));
            Thread.sleep(1); // or the kernel joins them again
          }
        });
    carol.receives(Json.of("welcome"));
    carol.receives(Json.of("joined"));
    carol.receives(Json.of("ack").with("id", post.text("id")));
    stage.bob().receives(stage.message(carol, "drop by drop \u00e9"));
  }

  private static void helloTimeout(SessionStage stage) throws Broken, InterruptedException {
    List<Talker> idle = new ArrayList<>();
    long start = System.nanoTime();
    Talker silent = stage.connectAndOpen("silent");
    idle.add(silent);
    Talker dripping = stage.connectAndOpen("dripping");
    idle.add(dripping);
    Bytes frame = dripping.frame(dripping.hello().with("x", "x".repeat(4_000)));
    Duration must = stage.setting().limits().registrationMust();
    long deadline = start + stage.setting().limits().withTolerance(must).toNanos();
    stage.runOffTurn(
        () -> {
          for (int i = 0; System.nanoTime() < deadline && i < frame.length() - 1; i++) {
            dripping.line().sendAnyway(frame.slice(i, i + 1));
            if (dripping.line().inbox().awaitEnd(DRIP)) {
              break;
            }
          }
          for (Talker each : idle) {
            each.closesInTime(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
          }
        });
  }
}
