package io.chatroom.protocol.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Objects of all types, with fields of all kinds, and often at their bounds. */
final class RandomObjects {

  private static final String[] PIECES = {
    "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\u0000", "\u001f", "\u007f", "é", "ß", "中",
    "\u2028", "🙂", "\uFFFF", "\uD7FF", "\uE000", "𝔘"
  };
  private static final String[] ROOM_PIECES = {
    "a", "Z", "0", ".", "_", "-", "é", "ß", "中", "Ｌ", "हि", "𝔘", "ﬁ"
  };

  private final RandomGenerator random;

  RandomObjects(RandomGenerator random) {
    this.random = random;
  }

  FromClient fromClient() {
    return one(clientMakers());
  }

  FromServer fromServer() {
    return one(serverMakers());
  }

  /** One for each type. */
  List<Supplier<FromClient>> clientMakers() {
    return List.of(
        this::hello,
        () -> join(),
        () -> new FromClient.Leave(optional(this::q), room()),
        () -> new FromClient.Post(id(), room(), text(2_000), optional(this::seq)),
        () ->
            new FromClient.History(
                q(), room(), oneOf(FromClient.Side.values()), integer(), 1 + random.nextInt(200)),
        () ->
            new FromClient.Search(
                q(),
                "x" + text(255),
                optional(this::room),
                optional(this::integer),
                1 + random.nextInt(50)),
        () -> new FromClient.Rooms(q(), optional(this::room), optional(() -> 200L)),
        () -> new FromClient.Members(q(), optional(this::room), optional(() -> 1L)),
        () -> new FromClient.Read(room(), integer()),
        this::block,
        () -> new FromClient.Delete(q(), room(), seq()),
        () -> new FromClient.Topic(q(), room(), text(512)),
        () -> new FromClient.Claim(q()),
        () -> new FromClient.Link(q()),
        this::tokens,
        this::moderate,
        () -> new FromClient.Ping(optional(this::q)),
        FromClient.Bye::new);
  }

  /** One for each type. */
  List<Supplier<FromServer>> serverMakers() {
    return List.of(
        this::welcome,
        this::joined,
        this::message,
        this::event,
        () -> new FromServer.Ack(id(), room(), seq(), integer(), random.nextBoolean()),
        this::gap,
        () -> new FromServer.Presence(room(), names(), names(), integer()),
        this::page,
        () ->
            new FromServer.Rooms(
                q(),
                many(
                    20,
                    () ->
                        new FromServer.Room(
                            room(), integer(), integer(), optional(() -> text(512)))),
                random.nextBoolean()),
        () -> new FromServer.Members(q(), optional(this::room), names(), integer()),
        () -> new FromServer.Read(room(), integer()),
        () -> new FromServer.Blocked(optional(this::q), names()),
        () -> new FromServer.Owned(q(), "t" + text(255), optional(this::seq)),
        () -> new FromServer.Link(q(), "c" + text(255), seq()),
        () ->
            new FromServer.Tokens(
                q(),
                many(
                    5,
                    () ->
                        new FromServer.BotToken(
                            "b" + text(63), many(5, this::room), scope(), integer())),
                optional(() -> "t" + text(255))),
        () -> new FromServer.Left(optional(this::q), room(), optional(() -> text(1_024))),
        () -> new FromServer.Moderated(q(), word(), optional(() -> text(128))),
        () -> new FromServer.Pong(optional(this::q), heads()),
        this::error,
        () -> new FromServer.Bye(word(), act(), optional(this::integer), text(1_024)));
  }

  private FromClient block() {
    boolean on = random.nextBoolean();
    return new FromClient.Block(q(), on ? optional(() -> text(128)) : text(128), on);
  }

  private FromClient.Scope scope() {
    return random.nextBoolean() ? FromClient.Scope.READ : FromClient.Scope.WRITE;
  }

  private FromClient tokens() {
    return switch (random.nextInt(3)) {
      case 0 ->
          new FromClient.Tokens(
              q(), FromClient.TokenAction.MAKE, "b" + text(63), List.of(room(), room()), scope());
      case 1 ->
          new FromClient.Tokens(
              q(), FromClient.TokenAction.REVOKE, "b" + text(63), List.of(), null);
      default ->
          new FromClient.Tokens(
              q(), FromClient.TokenAction.LIST, optional(() -> "b" + text(63)), List.of(), null);
    };
  }

  private FromClient hello() {
    Map<RoomName, FromClient.Wish> wishes = new LinkedHashMap<>();
    many(5, this::room)
        .forEach(
            room -> {
              FromClient.Join start = join();
              wishes.put(room, new FromClient.Wish(room, start.after(), start.last()));
            });
    return new FromClient.Hello(
        text(128),
        "%016x%016x".formatted(random.nextLong(), random.nextLong()),
        optional(() -> "t" + text(255)),
        optional(() -> "k" + text(255)),
        optional(() -> text(128)),
        List.copyOf(wishes.values()));
  }

  private FromClient.Join join() {
    boolean places = random.nextBoolean();
    return new FromClient.Join(
        optional(this::q),
        room(),
        places ? optional(() -> new Position(epoch(), integer())) : null,
        places ? null : optional(this::integer));
  }

  private FromClient moderate() {
    FromClient.Action action = oneOf(FromClient.Action.values());
    return new FromClient.Moderate(
        q(),
        action,
        action.needsRoom() ? room() : optional(this::room),
        action.needsTarget() ? text(128) : null,
        action == FromClient.Action.SLOW ? Long.valueOf(seq()) : optional(this::seq),
        random.nextBoolean(),
        optional(() -> text(512)));
  }

  private FromServer welcome() {
    TreeMap<String, Long> limits = new TreeMap<>();
    many(9, () -> "l" + text(63)).forEach(name -> limits.put(name, integer()));
    limits.put(FromServer.Welcome.MAX_MESSAGE_BYTES, integer()); // always there (S-40)
    return new FromServer.Welcome(
        text(128),
        random.nextBoolean(),
        text(128),
        limits,
        many(9, this::word),
        seq(),
        optional(this::room));
  }

  private FromServer joined() {
    return new FromServer.Joined(
        optional(this::q),
        room(),
        epoch(),
        integer(),
        seq(),
        integer(),
        optional(this::names),
        optional(() -> text(512)),
        optional(this::integer),
        word(),
        optional(() -> oneOf(FromServer.Resume.values())));
  }

  private FromServer.Message message() {
    return new FromServer.Message(
        room(),
        seq(),
        integer(),
        text(128),
        random.nextBoolean(),
        optional(() -> text(2_000)),
        optional(this::seq));
  }

  private FromServer.Event event() {
    return switch (random.nextInt(3)) {
      case 0 ->
          new FromServer.Event(
              room(), seq(), integer(), FromServer.Event.DELETED, text(128), seq(), null, null);
      case 1 ->
          new FromServer.Event(
              room(), seq(), integer(), FromServer.Event.TOPIC, text(128), null, null, text(512));
      default ->
          new FromServer.Event(
              room(), seq(), integer(), word(), text(128), null, text(128), optional(this::word));
    };
  }

  private FromServer gap() {
    long from = seq();
    return new FromServer.Gap(
        room(), from, Math.min(SessionLimits.MAX_INTEGER, from - 1 + random.nextInt(9)), word());
  }

  private FromServer page() {
    return new FromServer.Page(
        q(),
        optional(this::room),
        optional(this::epoch),
        many(20, () -> random.nextBoolean() ? message() : event()),
        random.nextBoolean(),
        optional(this::integer));
  }

  private FromServer error() {
    boolean post = random.nextBoolean();
    return new FromServer.Error(
        post ? null : optional(this::q),
        post ? id() : null,
        optional(this::room),
        word(),
        act(),
        optional(this::integer),
        text(1_024));
  }

  private Map<RoomName, Long> heads() {
    Map<RoomName, Long> heads = new HashMap<>();
    many(9, this::room).forEach(room -> heads.put(room, integer()));
    return heads;
  }

  private Do act() {
    return oneOf(Do.values());
  }

  private String q() {
    return text(64);
  }

  private String id() {
    return "i" + text(63);
  }

  private String epoch() {
    return "e_-9".repeat(1 + random.nextInt(16));
  }

  private String word() {
    return "w0-".repeat(1 + random.nextInt(21)) + "z";
  }

  private List<String> names() {
    return many(9, () -> text(128));
  }

  RoomName room() {
    String prefix = random.nextInt(4) == 0 ? "@" : "";
    return RoomName.of(prefix + "r" + pieces(ROOM_PIECES, random.nextInt(64)));
  }

  /** A text of at most so many bytes, and often of as many. */
  String text(int maxBytes) {
    return pieces(
        PIECES,
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> maxBytes;
          default -> random.nextInt(Math.min(maxBytes, 40));
        });
  }

  private String pieces(String[] alphabet, int bytes) {
    StringBuilder text = new StringBuilder();
    int left = bytes;
    while (left > 0) {
      String piece = alphabet[random.nextInt(alphabet.length)];
      int length = Check.utf8Length(piece);
      if (length > left) {
        piece = "a";
        length = 1;
      }
      text.append(piece);
      left -= length;
    }
    return text.toString();
  }

  private long seq() {
    return Math.max(1, integer());
  }

  private long integer() {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> SessionLimits.MAX_INTEGER;
      case 2 -> random.nextLong(SessionLimits.MAX_INTEGER);
      default -> random.nextInt(1_000);
    };
  }

  private <T> @Nullable T optional(Supplier<T> value) {
    return random.nextBoolean() ? value.get() : null;
  }

  private <T> List<T> many(int max, Supplier<? extends T> value) {
    List<T> all = new ArrayList<>();
    int count = random.nextInt(max + 1);
    for (int i = 0; i < count; i++) {
      all.add(value.get());
    }
    return all;
  }

  private <T> T oneOf(T[] all) {
    return all[random.nextInt(all.length)];
  }

  private <T> T one(List<Supplier<T>> makers) {
    return makers.get(random.nextInt(makers.size())).get();
  }
}
