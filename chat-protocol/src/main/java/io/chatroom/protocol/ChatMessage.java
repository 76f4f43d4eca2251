package io.chatroom.protocol;

/**
 * A message as a member receives it. Name and text are exactly as the sender wrote them, including
 * control characters: use {@link VisibleText} before either reaches a terminal or a log. A name is
 * not an identity (C-06). Immutable: threads may share it.
 *
 * @param name the sender's name, possibly empty, not unique
 * @param text the message, possibly empty
 */
public record ChatMessage(String name, String text) {}
