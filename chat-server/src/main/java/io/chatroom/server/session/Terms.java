package io.chatroom.server.session;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.FromServer.Welcome;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionLimits;
import io.chatroom.server.names.Person;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The limits and features of every session, as its {@code welcome} states them.
 *
 * @param server program and version
 * @param seedRoom the room of the seed protocol
 * @param limits maximum sizes of names and messages
 * @param maxRooms maximum number of rooms that one session is in
 * @param maxAllRooms approximate maximum number of rooms; sessions cannot create more
 * @param maxUnanswered maximum number of unanswered requests of one session; the server stops
 *     reading from it at this number
 * @param maxReads maximum number of pages read for one session at once; likewise
 * @param messagesPerSecond average rate of posts, enforced by delay; 0 is no limit
 * @param guestMessagesPerSecond the same for guests, who do not own their name
 * @param messageBurst number of posts before the rate applies
 * @param pingSeconds idle time after which a client sends a ping
 */
public record Terms(
    String server,
    RoomName seedRoom,
    Limits limits,
    int maxRooms,
    int maxAllRooms,
    int maxUnanswered,
    int maxReads,
    int messagesPerSecond,
    int guestMessagesPerSecond,
    int messageBurst,
    int pingSeconds) {

  /** Upper bound for one room in a {@code pong}. */
  private static final int HEAD_BYTES = 85;

  /** Maximum number of private rooms that a session is in. */
  private static final int MAX_PRIVATE_ROOMS = 100;

  private static final int MAX_UNANSWERED = 256;
  private static final int MAX_READS = 4;

  private static final List<String> FEATURES =
      List.of(
          "block",
          "claim",
          "delete",
          "history",
          "http",
          "link",
          "members",
          "moderate",
          "private",
          "read",
          "rooms",
          "search",
          "tokens",
          "topic");

  private static final List<String> DURABLE =
      Stream.concat(FEATURES.stream(), Stream.of("durable")).sorted().toList();

  /**
   * Makes the terms of a server.
   *
   * @param server program and version
   * @param seedRoom the room of the seed protocol
   * @param limits maximum sizes of names and messages
   * @param maxRooms maximum number of rooms that one session is in; reduced to what fits into a
   *     {@code pong}
   * @param maxAllRooms approximate maximum number of rooms
   * @param messagesPerSecond average rate of posts; 0 is no limit
   * @param guestMessagesPerSecond the same for guests, who do not own their name
   * @param messageBurst number of posts before the rate applies
   * @param pingSeconds idle time after which a client sends a ping
   */
  public static Terms of(
      String server,
      RoomName seedRoom,
      Limits limits,
      int maxRooms,
      int maxAllRooms,
      int messagesPerSecond,
      int guestMessagesPerSecond,
      int messageBurst,
      int pingSeconds) {
    return new Terms(
        server,
        seedRoom,
        limits,
        Math.min(maxRooms, heads(limits) - maxPrivateRooms(limits)),
        maxAllRooms,
        MAX_UNANSWERED,
        MAX_READS,
        messagesPerSecond,
        guestMessagesPerSecond,
        messageBurst,
        pingSeconds);
  }

  /** The number of rooms that fit into a {@code pong}. */
  private static int heads(Limits limits) {
    return Math.min(SessionLimits.MAX_ROOMS, ObjectSize.maxListBytes(limits) / HEAD_BYTES);
  }

  /** Maximum number of private rooms that a session is in; they do not count as rooms. */
  int maxPrivateRooms() {
    return maxPrivateRooms(limits);
  }

  private static int maxPrivateRooms(Limits limits) {
    return Math.min(MAX_PRIVATE_ROOMS, heads(limits) / 2);
  }

  /**
   * The answer to a hello.
   *
   * @param durable true if acknowledged posts survive a restart of the server
   */
  Welcome welcome(Person who, boolean durable) {
    List<String> features = durable ? DURABLE : FEATURES;
    return new Welcome(
        who.name(), who.owned(), server, limitsOf(who), features, pingSeconds, seedRoom);
  }

  private SortedMap<String, Long> limitsOf(Person who) {
    SortedMap<String, Long> told = new TreeMap<>();
    told.put(Welcome.MAX_MESSAGE_BYTES, (long) limits.maxMessageBytes());
    told.put(Welcome.MAX_NAME_BYTES, (long) limits.maxNameBytes());
    told.put(Welcome.MAX_ROOMS, (long) maxRooms);
    told.put(Welcome.MAX_UNANSWERED, (long) maxUnanswered);
    told.put(Welcome.MAX_READS, (long) maxReads);
    told.put(
        Welcome.MESSAGES_PER_SECOND,
        (long) (who.owned() ? messagesPerSecond : guestMessagesPerSecond));
    told.put(Welcome.MESSAGE_BURST, (long) messageBurst);
    return told;
  }
}
