package io.chatroom.protocol;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The protocol knows bytes and codecs, and nothing of who uses it. */
@AnalyzeClasses(packages = "io.chatroom", importOptions = DoNotIncludeTests.class)
class ProtocolLawsTest {

  @ArchTest
  static final ArchRule DEPENDS_ON_BUFFERS_AND_CODECS_ONLY =
      classes()
          .that()
          .resideInAPackage("io.chatroom.protocol")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.chatroom.protocol",
              "io.netty.buffer",
              "io.netty.handler.codec",
              "io.netty.channel", // what a codec is handed
              "io.netty.channel.socket", // the end of a stream
              "io.netty.util",
              "java..",
              "org.jspecify.annotations");

  /** The same objects go over TCP, WebSocket and HTTP, so this knows no channel. */
  @ArchTest
  static final ArchRule SESSIONS_DEPEND_ON_BUFFERS_AND_TOKENS_ONLY =
      classes()
          .that()
          .resideInAPackage("io.chatroom.protocol.session..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.chatroom.protocol",
              "io.chatroom.protocol.session..",
              "io.netty.buffer",
              "tools.jackson.core..",
              "java..",
              "org.jspecify.annotations");

  @ArchTest
  static final ArchRule NOTHING_OF_THE_PROTOCOL_STANDS_OUTSIDE_OF_BOTH =
      classes()
          .that()
          .resideInAPackage("io.chatroom.protocol..")
          .should()
          .resideInAnyPackage("io.chatroom.protocol", "io.chatroom.protocol.session");

  @ArchTest
  static final ArchRule THE_SYSTEM_IS_JAVA_AND_NOTHING_ELSE =
      classes()
          .that()
          .resideInAPackage("io.chatroom.system..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("io.chatroom.system", "java..", "org.jspecify.annotations");

  @ArchTest
  static final ArchRule COMMANDS_KNOW_PICOCLI_AND_NOTHING_OF_OURS =
      classes()
          .that()
          .resideInAPackage("io.chatroom.commands..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.chatroom.commands", "picocli", "java..", "org.jspecify.annotations");
}
