package io.chatroom.server.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a component of {@link ServerConfig} an option. Its name in JSON is the component's ({@code
 * maxNameBytes}); the flag ({@code --max-name-bytes}) and the environment variable ({@code
 * CHAT_MAX_NAME_BYTES}) follow from it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Option {

  /** The value when nobody sets it, written as a user would. */
  String defaultsTo();

  /** Describes the option, for {@code --help} and server.md. */
  String help();

  /** The placeholder in {@code --help} of a value that is text. */
  String takes() default "TEXT";

  /** The smallest legal number, or time in seconds. */
  int min() default 0;

  /** The largest legal number; for numbers only. */
  int max() default Integer.MAX_VALUE;
}
