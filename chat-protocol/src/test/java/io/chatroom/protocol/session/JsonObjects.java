package io.chatroom.protocol.session;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** {@link RandomObjects} as they go over the wire, for the tests of other modules. */
public final class JsonObjects {

  private JsonObjects() {}

  /** So many of each type that a client says, always the same ones. */
  public static List<String> ofClients(int each) {
    return of(new RandomObjects(new Random(1)).clientMakers(), each).map(Json::of).toList();
  }

  /** So many of each type that a server says, always the same ones. */
  public static List<String> ofServers(int each) {
    return of(new RandomObjects(new Random(2)).serverMakers(), each).map(Json::of).toList();
  }

  private static <T> Stream<T> of(List<Supplier<T>> makers, int each) {
    return makers.stream().flatMap(maker -> Stream.generate(maker).limit(each));
  }
}
