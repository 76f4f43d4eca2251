package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionCase.must;
import static io.chatroom.client.conformance.session.WebSocketWire.BINARY;
import static io.chatroom.client.conformance.session.WebSocketWire.PING;
import static io.chatroom.client.conformance.session.WebSocketWire.TEXT;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Danger;
import io.chatroom.client.conformance.Section;
import io.chatroom.client.conformance.Surface;
import java.util.List;

/** Cases for WebSocket only. */
final class WebSocketCases {

  private static final String OFFER = "Sec-WebSocket-Protocol";

  private WebSocketCases() {}

  static List<SessionCase> all() {
    return List.of(
        ws(
            "websocket.subprotocol",
            "S-05",
            "The subprotocol chatroom.2 MUST be selected, even if others are offered.",
            stage -> enters(stage, stage.upgrade().with(OFFER, "soap, chatroom.2, chatroom.9"))),
        ws(
            "websocket.header-names",
            "S-05",
            "The upgrade MUST be accepted whatever the case of header names and tokens.",
            stage ->
                enters(
                    stage,
                    stage
                        .upgrade()
                        .without("Upgrade")
                        .without("Connection")
                        .with("uPGRADE", "WebSocket")
                        .with("connection", "keep-alive, UPGRADE"))),
        ws(
                "websocket.wrong-origin",
                "S-06 S-61",
                "A page of another origin MUST be refused, by status 403 or bye origin.",
                WebSocketCases::wrongOrigin)
            .danger(Danger.ROUGH),
        ws(
                "websocket.other-path",
                "S-01 S-05",
                "A request for another path, or without an upgrade, MUST be answered by an HTTP"
                    + " error.",
                stage -> {
                  Upgrade elsewhere = stage.upgrade();
                  String path = "/nothing-is-here";
                  refusedByHttp(stage, new Upgrade(elsewhere.host(), path, elsewhere.headers()));
                  refusedByHttp(stage, stage.upgrade().without("Upgrade").without("Connection"));
                })
            .danger(Danger.ROUGH),
        ws(
            "websocket.fragmented",
            "S-05",
            "An object in fragments MUST be accepted, even with a ping between them.",
            stage -> {
              Talker carol = stage.join("carol");
              Bytes post = carol.post(stage.room(), "in \u00e9 pieces").bytes();
              int cut = post.length() - 12; // within the character of two bytes
              carol
                  .line()
                  .send(
                      Bytes.join(
                          List.of(
                              WebSocketWire.frame(false, TEXT, post.slice(0, 5)),
                              WebSocketWire.frame(true, PING, Bytes.utf8("now?")),
                              WebSocketWire.frame(false, 0, post.slice(5, cut)),
                              WebSocketWire.frame(false, 0, Bytes.EMPTY),
                              WebSocketWire.frame(true, 0, post.slice(cut, post.length())))));
              carol.receives(Json.of("ack"));
              stage.bob().receives(stage.message(carol, "in \u00e9 pieces"));
            }),
        ws(
            "websocket.ping",
            "S-05",
            "A ping of RFC 6455 MUST be answered by a pong with the same bytes.",
            stage -> {
              Talker carol = stage.join("carol");
              Bytes payload = Bytes.utf8("are you there?");
              carol.line().send(WebSocketWire.frame(true, PING, payload));
              carol.answersPing();
              carol.answersPing(); // the first answer may overtake the pong, but not the second
              List<Bytes> pongs = webSocket(carol).pongs();
              if (!pongs.contains(payload)) {
                throw new Broken("a pong with " + payload, "the pongs were " + pongs);
              }
            }),
        ws(
                "websocket.binary",
                "S-05 S-61",
                "A binary message MUST be answered by bye protocol and a close frame with its"
                    + " number.",
                stage -> {
                  Talker carol = stage.join("carol");
                  carol.line().send(WebSocketWire.frame(true, BINARY, Json.of("ping").bytes()));
                  carol.receivesBye("protocol", "stop");
                  closedWith(carol, 4500);
                })
            .danger(Danger.ROUGH),
        ws(
                "websocket.close-number",
                "S-49 S-61",
                "A bye MUST be followed by a close frame with its number.",
                stage -> {
                  Talker carol = stage.connectAndOpen("carol");
                  carol.send(carol.hello().with("v", 3));
                  carol.receivesBye("version", "stop");
                  closedWith(carol, 4501);
                  Talker dora = stage.join("dora");
                  long length = 8L * ObjectCases.maxMessageBytes(stage) + 1;
                  dora.line().send(dora.line().wire().announce(length));
                  dora.receivesBye("protocol", "stop");
                  closedWith(dora, 4500);
                })
            .danger(Danger.ROUGH),
        ws(
            "websocket.bye",
            "S-36",
            "The bye of a client MUST be answered by a close frame with 1000.",
            stage -> {
              Talker carol = stage.join("carol");
              carol.send(Json.of("bye"));
              carol.closes();
              closedWith(carol, 1000);
            }),
        ws(
            "websocket.close",
            "S-36",
            "A close frame MUST be answered by one, and the connection ends.",
            stage -> {
              Talker carol = stage.join("carol");
              carol.line().send(carol.line().wire().ending());
              carol.closes();
              if (webSocket(carol).closeCode() < 0) {
                throw new Broken("a close frame from the server", "there was none");
              }
            }),
        ws(
                "websocket.not-utf8",
                "S-19",
                "A text message that is not UTF-8 MUST end the connection.",
                stage -> {
                  Talker carol = stage.join("carol");
                  Bytes text = Bytes.utf8("{\"type\":\"ping\",\"q\":\"").plus(Bytes.hex("e9"));
                  carol.line().send(WebSocketWire.frame(true, TEXT, text.plus("\"}")));
                  carol.closesInTime(stage.timeout());
                })
            .danger(Danger.ROUGH),
        ws(
                "websocket.bad-frames",
                "S-05",
                "Frames that RFC 6455 forbids MUST end the connection.",
                WebSocketCases::badFrames)
            .danger(Danger.ROUGH));
  }

  private static SessionCase ws(
      String id, String requirements, String sentence, SessionStage.Body body) {
    return must(Section.SESSION_WAYS, id, requirements, sentence, body).only(Surface.WEBSOCKET);
  }

  private static Talker connect(SessionStage stage, Upgrade upgrade) throws Broken {
    Talker carol = stage.connect(new WebSocketWire(upgrade), "carol");
    carol.open();
    return carol;
  }

  private static void enters(SessionStage stage, Upgrade upgrade)
      throws Broken, InterruptedException {
    Talker carol = connect(stage, upgrade);
    carol.enter();
    carol.answersPing();
  }

  private static WebSocketWire webSocket(Talker talker) {
    return (WebSocketWire) talker.line().wire();
  }

  private static void closedWith(Talker talker, int number) throws Broken {
    int actual = webSocket(talker).closeCode();
    if (actual != number) {
      throw new Broken(
          "a close frame with " + number,
          actual < 0 ? "there was no close frame" : "it had " + actual);
    }
  }

  private static void wrongOrigin(SessionStage stage) throws Broken, InterruptedException {
    Talker carol = connect(stage, stage.upgrade().with("Origin", "https://evil.example"));
    HttpAnswer answer = carol.line().answer(stage.timeout());
    if (answer != null && answer.status() == 403) {
      return;
    }
    if (answer == null || answer.status() != 101) {
      throw new Broken("status 403, or bye origin", "the response was " + answer);
    }
    carol.line().sendAnyway(carol.frame(carol.hello()));
    carol.receivesBye("origin", "stop");
    closedWith(carol, 4502);
  }

  private static void refusedByHttp(SessionStage stage, Upgrade upgrade)
      throws Broken, InterruptedException {
    Talker carol = connect(stage, upgrade);
    HttpAnswer answer = carol.line().answer(stage.timeout());
    if (answer == null || answer.status() < 400 || answer.status() >= 500) {
      throw new Broken(
          "an HTTP status of 400 to 499",
          answer == null ? carol.silence() : "the status was " + answer.status());
    }
  }

  private static void badFrames(SessionStage stage) throws Broken, InterruptedException {
    Bytes ping = Json.of("ping").bytes();
    for (Bytes bad :
        List.of(
            WebSocketWire.head(true, TEXT, false, ping.length()).plus(ping), // not masked
            WebSocketWire.frame(true, 0x41, ping), // with a bit of an extension
            WebSocketWire.frame(true, 3, ping), // of a reserved kind
            WebSocketWire.frame(true, 0, ping), // a continuation of nothing
            WebSocketWire.frame(false, PING, ping), // a fragmented control frame
            WebSocketWire.frame(true, PING, Bytes.utf8("x".repeat(126))))) {
      Talker carol = stage.join("carol");
      carol.line().send(bad);
      carol.closesInTime(stage.timeout());
    }
  }
}
