package io.chatroom.client.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Servers of no protocol that the kit knows pass nothing, and do not cost a timeout for each case.
 */
class BadServersTest {

  private static final TimeLimits TERMS =
      new TimeLimits(
          Duration.ofMillis(500),
          Duration.ofSeconds(3),
          Duration.ofSeconds(1),
          Duration.ofSeconds(150),
          Duration.ofSeconds(3),
          TimeLimits.MIN_TOLERANCE);

  /** What a server does with a connection that it has accepted. */
  private interface Behaviour {
    void with(Socket accepted) throws IOException;
  }

  private static List<Result> judge(Behaviour behaviour) throws Exception {
    return judge(behaviour, TERMS, Cases.all());
  }

  private static List<Result> judge(Behaviour behaviour, TimeLimits limits, List<Case> cases)
      throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread server =
          new Thread(
              () -> {
                try {
                  while (true) {
                    behaviour.with(listening.accept());
                  }
                } catch (IOException closed) {
                  // the test is over
                }
              });
      server.setDaemon(true);
      server.start();
      return new Runner((InetSocketAddress) listening.getLocalSocketAddress(), limits, next -> {})
          .run(cases);
    }
  }

  private static void passesNothing(List<Result> results) {
    assertThat(results).hasSize(Cases.all().size()).noneMatch(Result::holds);
    assertThat(results.get(0).verdict()).isInstanceOf(Verdict.Fails.class);
    assertThat(results.subList(1, results.size()))
        .allSatisfy(
            result ->
                assertThat(result.verdict())
                    .isInstanceOfSatisfying(
                        Verdict.NotRun.class,
                        notRun ->
                            assertThat(notRun.reason()).startsWith("the room does not work")));
  }

  @Test
  void serverThatClosesEverything() throws Exception {
    passesNothing(judge(Socket::close));
  }

  @Test
  void serverThatNeverAnswers() throws Exception {
    passesNothing(judge(accepted -> {}));
  }

  @Test
  void casesThatTheRunHadNoTimeForHaveOneReason() throws Exception {
    TimeLimits noTime =
        new TimeLimits(
            TERMS.timeout(),
            TERMS.registrationMust(),
            TERMS.registrationShould(),
            Duration.ZERO,
            TERMS.talk(),
            TERMS.minTolerance());
    List<Result> results = judge(accepted -> {}, noTime, Cases.all().subList(0, 3));
    assertThat(results)
        .extracting(Result::verdict)
        .containsOnly(new Verdict.NotRun("the time limit of 0 s for a run was reached"));
  }

  @Test
  void serverThatEchoesTheBytes() throws Exception {
    passesNothing(
        judge(
            accepted -> {
              Thread echo = new Thread(() -> echo(accepted));
              echo.setDaemon(true);
              echo.start();
            }));
  }

  private static void echo(Socket socket) {
    try (InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException gone) {
      // the peer closed it
    }
  }

  @Test
  void serverThatGreetsInAnotherProtocol() throws Exception {
    passesNothing(
        judge(
            accepted ->
                accepted
                    .getOutputStream()
                    .write(new byte[] {'2', '2', '0', ' ', 'h', 'e', 'l', 'l', 'o', '\r', '\n'})));
  }

  @Test
  void serverThatStopsInTheMiddleIsReportedAsThat() throws Exception {
    try (ReferenceServer server = new ReferenceServer(null, Duration.ofMinutes(5))) {
      Case last =
          Case.must(
              Section.ROOM,
              "room.ends",
              "P-09",
              "The last one.",
              stage -> {
                try {
                  server.stop();
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      List<Case> cases = List.of(Cases.all().get(0), last, Cases.all().get(1));
      List<Result> results = new Runner(server.address(), Judging.PATIENT, next -> {}).run(cases);
      assertThat(results.get(0).holds()).isTrue();
      assertThat(results.get(1).verdict()).isInstanceOf(Verdict.Fails.class);
      assertThat(results.get(2).verdict())
          .isInstanceOfSatisfying(
              Verdict.NotRun.class,
              notRun ->
                  assertThat(notRun.reason())
                      .startsWith("the server stopped answering after room.ends"));
    }
  }
}
