package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chatroom.client.jars.RunningProgram;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server in a network namespace, from which at some time no packet comes any more. */
class VanishedServerTest {

  private static final ChatListener DEAF = (client, message) -> {};

  private static final String SERVER =
      """
      import socket
      server = socket.create_server(("10.78.0.2", 0))
      print(server.getsockname()[1], flush=True)
      member, _ = server.accept()
      total = 0
      while data := member.recv(65536):
          total += len(data)
          print(total, flush=True)
      """;

  private final String namespace = "chat-gone-" + ProcessHandle.current().pid();
  private final String device = "gone" + ProcessHandle.current().pid();
  private @Nullable Process server;
  private @Nullable BufferedReader said;

  @AfterEach
  void remove() throws Exception {
    if (server != null) {
      server.destroyForcibly().waitFor();
      run("ip", "link", "del", device); // the namespace would do it, but later
      run("ip", "netns", "del", namespace);
    }
  }

  @Test
  void isNoticedAndWhatItHasNotAcknowledgedIsCounted() throws Exception {
    ServerAddress address = startServer();
    try (ChatClient client =
        ChatClient.builder()
            .vigilance(new Acknowledgements.Vigilance(Duration.ofMillis(50), Duration.ofSeconds(1)))
            .connect(address, "alice", DEAF)) {
      client.send("one");
      awaitRead(Peer.frame("alice") + Peer.frame("one"));
      await().until(() -> client.acknowledged().equals(OptionalLong.of(1)));

      vanish();
      client.send("two");
      client.send("three");

      assertThatThrownBy(() -> client.closed().get(30, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(ChatException.class)
          .hasMessage(
              "%s has acknowledged nothing for 1 s: it has gone, or the network in between;"
                  + " the last 2 of 3 messages may not have arrived",
              address);
      assertThat(client.acknowledged()).hasValue(1);
    }
  }

  @Test
  void leavingItIsNoSuccess() throws Exception {
    ServerAddress address = startServer();
    ChatClient client =
        ChatClient.builder().closeTimeout(Duration.ofMillis(100)).connect(address, "alice", DEAF);
    client.send("one");
    awaitRead(Peer.frame("alice") + Peer.frame("one"));

    vanish();
    client.send("two");
    client.close();

    assertThatThrownBy(() -> client.closed().get(30, TimeUnit.SECONDS))
        .cause()
        .hasMessage(
            "%s has not acknowledged all: the last of 2 messages may not have arrived", address);
  }

  /** It acknowledges that it was asked, and takes nothing: that may last. */
  @Test
  void aServerThatDoesNotReadHasNotVanished() throws Exception {
    Duration patience = Duration.ofMillis(200);
    try (Peer peer = new Peer();
        ChatClient client =
            ChatClient.builder()
                .closeTimeout(Duration.ofMillis(100))
                .vigilance(new Acknowledgements.Vigilance(Duration.ofMillis(20), patience))
                .connect(peer.address(), "alice", DEAF);
        Peer.Member alice = peer.accept("alice")) {
      String large = "x".repeat(60_000);
      CompletableFuture<?> last = client.send(large);
      while (isTaken(last)) { // one at a time, as other tests count memory
        last = client.send(large);
      }

      await().during(patience.multipliedBy(5)).until(() -> !client.closed().isDone());
      alice.reset();
    }
  }

  /** So that a server is missed on which nothing was on its way. */
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

  private ServerAddress startServer() throws Exception {
    for (String program : new String[] {"ip", "iptables", "python3"}) {
      RunningProgram.assumeInstalled(program);
    }
    boolean allowed = exitCode("ip", "netns", "add", namespace) == 0;
    if (!allowed && System.getenv("CI") != null) {
      throw new AssertionError("no network namespace can be made, which CI needs");
    }
    assumeTrue(allowed, "skipped: needs root, to make a network namespace");
    run("ip", "link", "add", device, "type", "veth", "peer", "name", "there", "netns", namespace);
    run("ip", "addr", "add", "10.78.0.1/30", "dev", device);
    run("ip", "link", "set", device, "up");
    run("ip", "-n", namespace, "addr", "add", "10.78.0.2/30", "dev", "there");
    run("ip", "-n", namespace, "link", "set", "there", "up");
    Process started =
        new ProcessBuilder("ip", "netns", "exec", namespace, "python3", "-c", SERVER)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    server = started;
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
    said = lines;
    return new ServerAddress("10.78.0.2", Integer.parseInt(lines.readLine()));
  }

  private void awaitRead(String frames) throws IOException {
    String expected = String.valueOf(frames.length());
    BufferedReader lines = Objects.requireNonNull(said);
    while (!expected.equals(lines.readLine())) {
      // a part of it
    }
  }

  private void vanish() throws Exception {
    run("ip", "netns", "exec", namespace, "iptables", "-A", "INPUT", "-j", "DROP");
  }

  private static boolean isTaken(CompletableFuture<?> sent) throws Exception {
    try {
      sent.get(500, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  private static void run(String... command) throws Exception {
    assertThat(exitCode(command)).as(Arrays.toString(command)).isZero();
  }

  private static int exitCode(String... command) throws Exception {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
