package io.chatroom.protocol;

/**
 * What a member receives: who said it, and what. Both are as the sender wrote them, control
 * characters and all; see {@link VisibleText} before either reaches a terminal or a log. A name is
 * not an identity (C-06). Immutable: threads may share it.
 *
 * @param name the sender's name, possibly empty, not unique
 * @param text the message, possibly empty
 */
public record ChatMessage(String name, String text) {}
