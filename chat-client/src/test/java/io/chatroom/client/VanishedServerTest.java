package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chatroom.client.jars.RunningProgram;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server on a machine that vanishes from the network. */
class VanishedServerTest {

  private static final ChatListener DEAF = (client, message) -> {};

  private static final String SERVER =
      """
      import socket, sys
      server = socket.create_server((sys.argv[1], 0))
      print("port", server.getsockname()[1], flush=True)
      member, _ = server.accept()
      total = 0
      while data := member.recv(65536):
          total += len(data)
          print("read", total, flush=True)
      """;

  private @Nullable FarMachine machine;
  private @Nullable RunningProgram server;

  @AfterEach
  void remove() throws Exception {
    if (server != null) {
      server.close();
    }
    if (machine != null) {
      machine.close();
    }
  }

  @Test
  void isNoticedAndItsUnacknowledgedMessagesAreCounted() throws Exception {
    ServerAddress address = startServer();
    try (ChatClient client =
        ChatClient.builder()
            .vigilance(vigilance(Duration.ofMillis(50), Duration.ofSeconds(1)))
            .connect(address, "alice", DEAF)) {
      client.send("one");
      awaitRead(Peer.frame("alice") + Peer.frame("one"));
      await().until(() -> client.acknowledged().equals(OptionalLong.of(1)));

      machine().vanish();
      client.send("two");
      client.send("three");

      assertThatThrownBy(() -> client.closed().get(60, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(ChatException.class)
          .hasMessage(
              "%s has acknowledged nothing for 1 s: the server or the network in between is gone;"
                  + " the last 2 of 3 messages may not have arrived",
              address);
      assertThat(client.acknowledged()).hasValue(1);
    }
  }

  @Test
  void leavingItFails() throws Exception {
    ServerAddress address = startServer();
    ChatClient client =
        ChatClient.builder()
            .closeTimeout(Duration.ofMillis(100))
            .vigilance(vigilance(Duration.ofSeconds(5), Duration.ofMinutes(1)))
            .connect(address, "alice", DEAF);
    client.send("one");
    awaitRead(Peer.frame("alice") + Peer.frame("one"));

    machine().vanish();
    client.send("two");
    client.close();

    assertThatThrownBy(() -> client.closed().get(60, TimeUnit.SECONDS))
        .cause()
        .hasMessage(
            "%s has not acknowledged all: the last of 2 messages may not have arrived", address);
  }

  /** The network lost the last data, and TCP resends it. */
  @Test
  void leavingOneThatIsBrieflyAwaySucceeds() throws Exception {
    ServerAddress address = startServer();
    ChatClient client =
        ChatClient.builder().closeTimeout(Duration.ofMillis(100)).connect(address, "alice", DEAF);
    client.send("one");
    awaitRead(Peer.frame("alice") + Peer.frame("one"));

    machine().vanish();
    client.send("two");
    CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);
    await().during(Duration.ofMillis(500)).until(() -> !client.closed().isDone());
    machine().comeBack();

    assertThat(client.closed().get(60, TimeUnit.SECONDS))
        .isIn(Ending.BY_US, Ending.UNANSWERED); // as an acknowledgement may come before the answer
    closing.get(60, TimeUnit.SECONDS);
    awaitRead(Peer.frame("alice") + Peer.frame("one") + Peer.frame("two"));
  }

  /** It answers probes and reads nothing: that is allowed. */
  @Test
  void aServerThatDoesNotReadHasNotVanished() throws Exception {
    Duration patience = Duration.ofMillis(200);
    Duration untilOneThatVanishedWereFound = Duration.ofSeconds(8);
    try (Peer peer = new Peer();
        ChatClient client =
            ChatClient.builder()
                .closeTimeout(Duration.ofMillis(100))
                .vigilance(vigilance(Duration.ofMillis(20), patience))
                .connect(peer.address(), "alice", DEAF);
        Peer.Member alice = peer.accept("alice")) {
      String large = "x".repeat(60_000);
      CompletableFuture<?> last = client.send(large);
      while (isTaken(last)) { // one at a time, as other tests count memory
        last = client.send(large);
      }

      await()
          .atMost(Duration.ofSeconds(60))
          .during(untilOneThatVanishedWereFound)
          .until(() -> !client.closed().isDone());
      alice.reset();
    }
  }

  /** So that a vanished server is noticed although nothing is in flight. */
  @Test
  void anIdleConnectionIsProbedAfterHalfAMinute() throws Exception {
    EventLoop loop =
        new SingleThreadIoEventLoop(
            null, new DefaultThreadFactory("probed"), NioIoHandler.newFactory());
    try (Peer peer = new Peer()) {
      Channel channel = new Connector(loop, Duration.ofSeconds(10)).connect(peer.address());

      assertThat(
              channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE)))
          .isEqualTo(30);
      assertThat(
              channel
                  .config()
                  .getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL)))
          .isEqualTo(10);
      assertThat(
              channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT)))
          .isEqualTo(3);
      channel.close();
    } finally {
      loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static Acknowledgements.Vigilance vigilance(Duration look, Duration patience) {
    return new Acknowledgements.Vigilance(look, patience, Duration.ofMillis(300));
  }

  private ServerAddress startServer() throws Exception {
    RunningProgram.assumeInstalled("python3");
    FarMachine made = FarMachine.make();
    machine = made;
    RunningProgram started =
        RunningProgram.start(made.command("python3", "-c", SERVER, made.address()));
    server = started;
    return new ServerAddress(
        made.address(), Integer.parseInt(started.awaitLine("port (\\d+)").group(1)));
  }

  private FarMachine machine() {
    return Objects.requireNonNull(machine);
  }

  private void awaitRead(String frames) {
    Objects.requireNonNull(server).awaitLine("read " + frames.length());
  }

  private static boolean isTaken(CompletableFuture<?> sent) throws Exception {
    try {
      sent.get(500, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }
}
