package io.chatroom.client;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The permitted dependencies in the client. */
@AnalyzeClasses(packages = "io.chatroom", importOptions = DoNotIncludeTests.class)
class ClientLawsTest {

  /** A judge that shares the codec shares its bugs. */
  @ArchTest
  static final ArchRule THE_JUDGE_HAS_ITS_OWN_SOCKETS_AND_FRAMES =
      noClasses()
          .that()
          .resideInAPackage("io.chatroom.client.conformance..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.chatroom..")
                  .and(not(resideInAPackage("io.chatroom.client.conformance.."))))
          .allowEmptyShould(true);

  /** A bot has no terminal, and does not get what is optional in the pom. */
  @ArchTest
  static final ArchRule THE_LIBRARY_KNOWS_NO_TERMINAL =
      noClasses()
          .that()
          .resideInAnyPackage("io.chatroom.client", "io.chatroom.protocol..", "io.chatroom.system")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.chatroom.client.*..",
              "picocli..",
              "org.jline..",
              "org.HdrHistogram..",
              "tools.jackson.databind..");

  /** A conversation can be tested, and shown, without a terminal. */
  @ArchTest
  static final ArchRule THE_CONVERSATION_KNOWS_NO_TERMINAL =
      noClasses()
          .that()
          .resideInAPackage("io.chatroom.client.chat..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.chatroom.client.terminal..",
              "io.chatroom.client.bench..",
              "io.chatroom.client.cli..",
              "org.jline..");

  /** The line editor can be exchanged in one place. */
  @ArchTest
  static final ArchRule ONLY_THE_TERMINAL_KNOWS_THE_LINE_EDITOR =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.chatroom.client.terminal..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.jline..");

  /** What the screen shows is decided without a network. */
  @ArchTest
  static final ArchRule THE_TERMINAL_KNOWS_NO_CONNECTION =
      noClasses()
          .that()
          .resideInAPackage("io.chatroom.client.terminal..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.chatroom.client", "io.chatroom.client.bench..", "io.chatroom.client.cli..");

  /** Measurements are data; the commands show them. */
  @ArchTest
  static final ArchRule THE_BENCH_KNOWS_NO_TERMINAL =
      noClasses()
          .that()
          .resideInAPackage("io.chatroom.client.bench..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.chatroom.client.terminal..",
              "io.chatroom.client.conformance..",
              "io.chatroom.client.cli..");

  /** The client's jar has neither of them. */
  @ArchTest
  static final ArchRule THE_CLIENT_NEEDS_NIO_ONLY =
      noClasses()
          .that()
          .resideInAPackage("io.chatroom.client..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.netty.handler.timeout..",
              "io.netty.handler.flush..",
              "io.netty.channel.epoll..",
              "io.netty.channel.uring..",
              "io.chatroom.server..");

  @ArchTest
  static final ArchRule ONLY_THE_COMMANDS_KNOW_THE_COMMAND_LINE =
      noClasses()
          .that()
          .resideInAPackage("io.chatroom.client..")
          .and()
          .resideOutsideOfPackage("io.chatroom.client.cli")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..");
}
