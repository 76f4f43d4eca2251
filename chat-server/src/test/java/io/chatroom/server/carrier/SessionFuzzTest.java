package io.chatroom.server.carrier;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.chatroom.protocol.Corpus;
import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.LogCapture;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Three clients send anything, while a witness posts to the end. Checks that every answer is a
 * valid object, that there is no internal error and no leak, that unread bytes stay below a limit,
 * and that the witness receives its answers.
 *
 * <p>An input is a program of single letters. {@code P} is a client, any byte modulo 3, and {@code
 * N} a byte. Other letters are ignored.
 *
 * <pre>
 *   h P          sends a hello, and joins tea
 *   j P N bytes  sends the next N bytes as an object
 *   o P N        sends one of the requests below, N modulo their number
 *   b P N bytes  sends the next N bytes unchanged
 *   f P          ends its stream; r P  resets the connection
 *   s P          stops reading; u P  resumes reading; g  runs everything once
 * </pre>
 */
class SessionFuzzTest {

  private static final long UNREAD_BYTES = 20_000;
  private static final int CLIENTS = 3;

  static final List<String> REQUESTS =
      List.of(
          "{'type':'post','id':'1','room':'tea','text':'one'}",
          "{'type':'post','id':'1','room':'tea','text':'another'}",
          "{'type':'post','id':'2','room':'attic','text':'two','replyTo':9}",
          "{'type':'join','q':'j','room':'attic','last':3}",
          "{'type':'join','room':'ATTIC','after':{'epoch':'none','seq':9007199254740991}}",
          "{'type':'leave','q':'l','room':'tea'}",
          "{'type':'history','q':'h','room':'tea','after':0,'limit':200}",
          "{'type':'history','q':'h','room':'tea','before':9007199254740991,'limit':200}",
          "{'type':'history','q':'h','room':'tea','around':9007199254740991,'limit':200}",
          "{'type':'search','q':'s','query':'o','limit':50}",
          "{'type':'search','q':'s','query':' ','room':'tea','before':0,'limit':1}",
          "{'type':'topic','q':'t','room':'tea','text':'Tea'}",
          "{'type':'rooms','q':'r'}",
          "{'type':'members','q':'m'}",
          "{'type':'ping','q':'p'}",
          "{'type':'claim','q':'c'}",
          "{'type':'bye'}",
          "{'type':'link','q':'k'}",
          "{'type':'tokens','q':'b','action':'make','label':'x','rooms':['tea'],'scope':'read'}",
          "{'type':'tokens','q':'b','action':'list'}",
          "{'type':'tokens','q':'b','action':'revoke','label':'x'}",
          "{'type':'block','q':'n','name':'c1','on':true}",
          "{'type':'block','q':'n','name':'c1','on':false}",
          "{'type':'block','q':'n'}",
          "{'type':'read','room':'tea','seq':1}",
          "{'type':'delete','q':'d','room':'tea','seq':1}",
          "{'type':'post','id':'3','room':'@c1','text':'for two'}",
          "{'type':'topic','q':'t','room':'@c0','text':'for notes'}",
          "{'type':'history','q':'h','room':'@c0','after':0,'limit':200}",
          "{'type':'moderate','q':'o','action':'mute','room':'tea','target':'c1','seconds':1}",
          "{'type':'moderate','q':'o','action':'kick','room':'attic','target':'c1'}",
          "{'type':'moderate','q':'o','action':'ban','target':'C2','address':true,'why':'spam'}",
          "{'type':'moderate','q':'o','action':'ban','room':'attic','target':'address:::/0'}",
          "{'type':'moderate','q':'o','action':'unban','room':'attic','target':'c1'}",
          "{'type':'moderate','q':'o','action':'op','room':'attic','target':'c1'}",
          "{'type':'moderate','q':'o','action':'close','room':'attic'}",
          "{'type':'moderate','q':'o','action':'invite','room':'attic','target':'c1'}",
          "{'type':'moderate','q':'o','action':'restrict','room':'attic','seconds':9}",
          "{'type':'moderate','q':'o','action':'slow','room':'attic','seconds':9007199254740991}");

  private final LogCapture log = new LogCapture();

  /** Initialises static buffers before bytes are counted. */
  @BeforeAll
  static void loadClasses() {
    try (MemoryWorld world = new MemoryWorld(1, 1, 20, new Limits(64, 1_000))) {
      JsonPeer peer = new JsonPeer(world, "first", "tea");
      peer.line.cut();
    }
  }

  @AfterEach
  void close() {
    log.close();
  }

  @ParameterizedTest(name = "{0}")
  @ArgumentsSource(Corpus.class)
  void passesTheCorpus(String name, byte[] input) throws BadObjectException {
    everyAnswerIsAnObject(input);
  }

  @FuzzTest
  void everyAnswerIsAnObject(byte[] input) throws BadObjectException {
    MemoryWorld world = new MemoryWorld(1, CLIENTS + 1, 20, new Limits(64, 1_000), UNREAD_BYTES);
    long before = FuzzInput.usedBytes();
    try {
      JsonPeer witness = new JsonPeer(world, "witness", "tea");
      List<JsonPeer> clients =
          IntStream.range(0, CLIENTS).mapToObj(i -> new JsonPeer(world)).toList();
      play(ByteBuffer.wrap(input), world, clients);
      clients.forEach(client -> client.line.unstick());
      witness.post("tea", "good night");
      for (int i = 0; i < 100; i++) {
        world.pump();
        witness.hear();
        clients.forEach(JsonPeer::hear);
      }
      assertThat(witness.heard("\"ack\"")).isEqualTo(1);
      for (JsonPeer client : clients) {
        for (String json : client.objects) {
          SessionJson.readServer(Unpooled.wrappedBuffer(json.getBytes(UTF_8)));
        }
      }
    } finally {
      world.close();
    }
    assertThat(log.errors()).isEmpty();
    log.clear();
    assertThat(FuzzInput.usedBytes()).as("bytes not released").isEqualTo(before);
  }

  private static void play(ByteBuffer input, MemoryWorld world, List<JsonPeer> clients) {
    while (input.hasRemaining()) {
      byte letter = input.get();
      if (letter == 'g') {
        world.pump();
        clients.forEach(JsonPeer::hear);
        assertThat(world.unreadBytes()).isLessThanOrEqualTo(UNREAD_BYTES);
        continue;
      }
      int which = FuzzInput.number(input) % CLIENTS;
      JsonPeer client = clients.get(which);
      switch (letter) {
        case 'h' ->
            client.say(
                "{'type':'hello','v':2,'name':'c%d','client':'%s','rooms':[{'room':'tea'}]}"
                    .formatted(which, JsonPeer.client("c" + which)));
        case 'j' -> client.line.send(TcpCarriage.frame(FuzzInput.bytes(input)));
        case 'o' -> client.say(REQUESTS.get(FuzzInput.number(input) % REQUESTS.size()));
        case 'b' -> client.line.send(FuzzInput.bytes(input));
        case 'f' -> client.line.endOutput();
        case 'r' -> client.line.cut();
        case 's' -> client.line.stick();
        case 'u' -> client.line.unstick();
        default -> {}
      }
    }
  }
}
